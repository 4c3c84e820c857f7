import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { appHome } from '../http/return-to'
import { textsOf } from '../request-source/catalogue'
import { languageOf } from '../request-source/language'
import type { Frame } from './frame'
import type { PageContext } from './page'

/** Returns what a page for this request is made with. */
export function pageContext(
  c: Context,
  { config, texts, provider, rightToLeft, styles }: Frame,
): PageContext {
  const language = languageOf(c)
  return {
    texts: textsOf(texts, language),
    language,
    provider,
    rightToLeft: rightToLeft.includes(language),
    ownStyles: styles !== null,
    brand: {
      name: config.brandName,
      logoUrl: config.brandLogoUrl,
      termsUrl: config.brandTermsUrl,
      privacyUrl: config.brandPrivacyUrl,
    },
    turnstile: config.turnstileSiteKey,
    basePath: config.basePath,
    appHref: appHome(config),
    nonce: encodeBase64url(randomBytes(16)),
  }
}

/** Names the origin that serves the challenges of Turnstile. */
const TURNSTILE = 'https://challenges.cloudflare.com'

type Rendered = Parameters<Context['html']>[0]

/**
 * Answers with a page. Nothing runs in it but Janus's own script, nothing is loaded from elsewhere but a logo that is configured, and
 * no other page can frame it (CSP Level 3; OWASP ASVS 5.0 §3.4.3, §3.4.6).
 *
 * @param options `formTargets`: where its form may end besides, as sources of the policy.
 */
export function answerPage(
  c: Context,
  { nonce, brand, turnstile }: PageContext,
  page: Rendered,
  status: ContentfulStatusCode = 200,
  { formTargets = [] }: { readonly formTargets?: readonly string[] } = {},
): Response | Promise<Response> {
  const images = brand.logoUrl?.startsWith('https:') ? ` ${new URL(brand.logoUrl).origin}` : ''
  c.header(
    'Content-Security-Policy',
    [
      "default-src 'none'",
      "style-src 'self'",
      // guard: nothing is loaded from Cloudflare unless it is configured
      `script-src 'nonce-${nonce}'${turnstile === null ? '' : ` ${TURNSTILE}`}`,
      ...(turnstile === null ? [] : [`frame-src ${TURNSTILE}`]),
      "connect-src 'self'",
      `img-src 'self' data:${images}`,
      "base-uri 'none'",
      ["form-action 'self'", ...formTargets].join(' '),
      "frame-ancestors 'none'",
    ].join('; '),
  )
  // Under no-referrer a browser sends `Origin: null` with a form, which the cross-site rule refuses where there is no `Sec-Fetch-Site`.
  // This sends the origin alone: no path, and so no token of a mailed link, not even to Janus itself.
  // guard: no Referer of a page holds a path
  c.header('Referrer-Policy', 'strict-origin')
  c.header('Vary', 'Accept, Accept-Language', { append: true })
  return c.html(page, status)
}
