import { returnOrigins } from '../http/return-to'
import { isTrustworthy } from '../http/trustworthy-url'
import { type Fault, fault } from './fault'
import type { Issuer } from './parsers'

/** The pages of Janus that a page of the app may replace, below the path of Janus. */
export const REPLACEABLE_PAGES = [
  '/login',
  '/login/second-factor',
  '/login/second-factor/set-up',
  '/login/second-factor/recovery',
  '/login/second-factor/recovery/cancel',
  '/login/link',
  '/login/link/confirm',
  '/register',
  '/mail-sent',
  '/password/forgot',
  '/password/reset',
  '/email/verify',
  '/email/change/confirm',
  '/account',
  '/reauthenticate',
] as const

/** The URL of each page of the app that replaces one of Janus, by the path of that one. */
export type OwnPages = ReadonlyMap<string, string>

interface Site {
  readonly issuer?: Issuer
  readonly appUrl?: string | null
  readonly allowedOrigins?: readonly string[]
}

/** Returns the pages, from `/login=/sign-in, /password/reset=https://app.example.com/new-password#`. */
export function parseOwnPages(text: string, site: Site): OwnPages | Fault {
  if (text === 'none') return new Map()
  const pages = new Map<string, string>()
  for (const pair of text.split(',').map((part) => part.trim())) {
    const [path = '', ...rest] = pair.split('=')
    const target = rest.join('=')
    if (!REPLACEABLE_PAGES.some((each) => each === path))
      return fault(`must be "none" or pairs PAGE=URL, where PAGE is one of: ${REPLACEABLE_PAGES.join(', ')}`)
    if (pages.has(path)) return fault(`names ${path} twice`)
    const url = parsePage(target, site)
    if (url === null)
      return fault(
        `must give ${path} a path that is none of Janus's pages, or an https:// URL of the origin of ISSUER, APP_URL or ALLOWED_ORIGINS, without a query; a # may end it`,
      )
    pages.set(path, url)
  }
  return pages
}

/** Returns the URL as it is sent to a browser, or `null` if it may not lead there. */
function parsePage(target: string, { issuer, appUrl = null, allowedOrigins = [] }: Site): string | null {
  // What is at fault itself is named once, and by its own name.
  if (issuer === undefined) return target
  const { origin, basePath } = issuer
  const plain = target.replace(/#$/, '')
  if (plain.includes('#')) return null
  const whole = /^\/(?!\/)/.test(plain) ? `${origin}${plain}` : plain
  const url = URL.parse(whole)
  if (url === null || !isTrustworthy(url) || (url.href !== whole && url.href !== `${whole}/`)) return null
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null
  // guard: a page of the app is on an origin that is configured
  if (!returnOrigins({ origin, basePath, appUrl, allowedOrigins }).includes(url.origin)) return null
  // A page that replaced another page of Janus could lead back to itself.
  const own = REPLACEABLE_PAGES.some((path) => url.pathname.replace(/\/+$/, '') === `${basePath}${path}`)
  // guard: a page of the app does not lead back to itself
  return url.origin === origin && own ? null : `${whole}${target.endsWith('#') ? '#' : ''}`
}
