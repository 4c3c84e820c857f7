import { join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import { isFile, readEnvFiles } from '../environment.ts'
import { appUrlOf } from '../init/needs.ts'
import { parseUrl } from '../parse-url.ts'

/** Returns what `npm start` sets besides wrangler.toml: mail is printed, the playground is on. */
export function localVars(issuer: string): Readonly<Record<string, string>> {
  return { ISSUER: issuer, MAILER: 'console', PLAYGROUND: 'on' }
}

/**
 * Returns the file in which a folder keeps settings of this machine. Where there is no `.dev.vars`, wrangler reads `.env` and, over it, `.env.local`: a
 * `.dev.vars` made beside them would hide all that the app has there. `.env` may be in git, which the other is not. Wrangler can be told to read neither.
 *
 * @param folder Where the configuration of wrangler is.
 */
export function localFile(folder: string): '.dev.vars' | '.env.local' {
  const isThere = (name: string) => isFile(join(folder, name))
  const isRead = process.env.CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV !== 'false'
  return isRead && !isThere('.dev.vars') && (isThere('.env') || isThere('.env.local'))
    ? '.env.local'
    : '.dev.vars'
}

/** Returns the settings of this machine in {@link localFile}, and in `.env` where that is read, too. */
export function readLocalFile(folder: string): Readonly<Record<string, string | undefined>> {
  const last = localFile(folder)
  return readEnvFiles(folder, last === '.env.local' ? ['.env', last] : [last])
}

/**
 * Returns what `janus dev` sets: the path of the configured issuer on an origin of this machine, and mail is printed. APP_URL goes along, unless
 * the app is on another origin than Janus, or pages of its own are named on this one: that is not moved.
 *
 * @param folder Where the configuration of wrangler is.
 */
export function devVars(
  { vars }: Pick<Unstable_Config, 'vars'>,
  origin: string,
  folder: string,
): { readonly ISSUER: string; readonly MAILER: string; readonly APP_URL?: string } {
  const path = parseUrl(vars.ISSUER)?.pathname ?? ''
  const named = readLocalFile(folder)
  const { OWN_PAGES = vars.OWN_PAGES } = named
  // Each APP_URL is compared with the ISSUER that stands beside it.
  const beside = named.APP_URL === undefined ? vars : { ...vars, ...named }
  const appUrl = appUrlOf({ ...beside, OWN_PAGES })
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
