import type { Unstable_Config } from 'wrangler'

/** Returns what `npm start` sets besides wrangler.toml: mail is printed, the playground is on. */
export function localVars(issuer: string): Readonly<Record<string, string>> {
  return { ISSUER: issuer, MAILER: 'console', PLAYGROUND: 'on' }
}

/** Returns what `janus dev` sets: the path of the configured issuer on an origin of this machine, and mail is printed. */
export function devVars(
  { vars: { ISSUER } }: Pick<Unstable_Config, 'vars'>,
  origin: string,
): Readonly<Record<'ISSUER' | 'MAILER', string>> {
  const path = typeof ISSUER === 'string' && URL.canParse(ISSUER) ? new URL(ISSUER).pathname : ''
  return { ISSUER: `${origin}${path.replace(/\/$/, '')}`, MAILER: 'console' }
}
