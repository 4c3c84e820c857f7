import { dirname } from 'node:path'
import { loadWrangler } from '../place.ts'

/** Returns what `npm start` sets besides wrangler.toml: mail is printed, the playground is on. */
export function localVars(issuer: string): Readonly<Record<string, string>> {
  return { ISSUER: issuer, MAILER: 'console', PLAYGROUND: 'on' }
}

/** Returns what `janus dev` sets: the path of the configured issuer on an origin of this machine, and mail is printed. */
export async function devVars(
  configPath: string,
  origin: string,
): Promise<Readonly<Record<'ISSUER' | 'MAILER', string>>> {
  const { unstable_readConfig } = await loadWrangler(dirname(configPath))
  const { ISSUER } = unstable_readConfig({ config: configPath }).vars
  const path = typeof ISSUER === 'string' && URL.canParse(ISSUER) ? new URL(ISSUER).pathname : ''
  return { ISSUER: `${origin}${path.replace(/\/$/, '')}`, MAILER: 'console' }
}
