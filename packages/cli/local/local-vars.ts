import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Unstable_Config } from 'wrangler'
import { appUrlOf, parseUrl } from '../init/needs.ts'

/** Returns what `npm start` sets besides wrangler.toml: mail is printed, the playground is on. */
export function localVars(issuer: string): Readonly<Record<string, string>> {
  return { ISSUER: issuer, MAILER: 'console', PLAYGROUND: 'on' }
}

/**
 * Returns what `janus dev` sets: the path of the configured issuer on an origin of this machine, and mail is printed. APP_URL goes along, unless
 * the app is on another origin than Janus, or pages of its own are named on this one: that is not moved.
 *
 * @param folder Where `.dev.vars` is.
 */
export function devVars(
  { vars }: Pick<Unstable_Config, 'vars'>,
  origin: string,
  folder: string,
): { readonly ISSUER: string; readonly MAILER: string; readonly APP_URL?: string } {
  const path = parseUrl(vars.ISSUER)?.pathname ?? ''
  const file = join(folder, '.dev.vars')
  const named = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  const { OWN_PAGES = vars.OWN_PAGES } = named
  const appUrl = appUrlOf({ ...(named.APP_URL === undefined ? vars : { ...vars, ...named }), OWN_PAGES })
  return {
    ISSUER: `${origin}${path.replace(/\/$/, '')}`,
    MAILER: 'console',
    ...(appUrl === null ? {} : { APP_URL: moveUrl(appUrl, origin) }),
  }
}

/** Returns a URL on another origin. */
export function moveUrl(url: string, origin: string): string {
  return origin + url.slice(new URL(url).origin.length)
}
