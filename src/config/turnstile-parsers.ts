import { isLocal } from '../http/trustworthy-url'
import { isTestSecret } from '../throttling/human-check'
import { type Fault, fault } from './fault'
import type { Issuer } from './parsers'

/** Returns the key by which a page names a widget, or `null` for "none". */
export function parseTurnstileSiteKey(text: string): string | null | Fault {
  if (text === 'none') return null
  return /^[\w.-]{10,100}$/.test(text) ? text : fault('must be "none" or a site key of Turnstile')
}

/** Returns the secret by which tokens are verified. */
export function parseTurnstileSecret(text: string, { issuer }: { readonly issuer?: Issuer }): string | Fault {
  if (!/^[\w.-]{20,200}$/.test(text)) return fault('must be a secret key of Turnstile')
  // guard: a secret that everybody knows is taken on this machine alone
  return isTestSecret(text) && issuer && !isLocal(new URL(issuer.href))
    ? fault("must be a key of your own: Cloudflare's test keys let every program pass")
    : text
}
