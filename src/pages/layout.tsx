import { raw } from 'hono/html'
import type { PropsWithChildren } from 'hono/jsx'
import { BRAND_STYLES } from './asset-routes'
import type { PageContext } from './page'

interface LayoutProps {
  readonly context: PageContext
  readonly title: string
  /** For a page of someone who is signed in: how to end that is always in sight (OWASP ASVS 5.0 §7.4.4). */
  readonly signedIn?: boolean
  /** Room for sections rather than for one form. */
  readonly wide?: boolean
  /** The path, without extension, of a style sheet and a script that only this page has. */
  readonly assets?: string
  /** The path, without extension, of a style sheet that only this page has, for one that has no script. */
  readonly styleSheet?: string
  /** Says whether it has a use for passkeys. */
  readonly passkeys?: boolean
}

/** Shows a whole document. Everything it loads comes from Janus itself, save a logo that is configured. */
export function Layout({
  context,
  title,
  signedIn = false,
  wide = false,
  assets,
  styleSheet = assets,
  passkeys = false,
  children,
}: PropsWithChildren<LayoutProps>) {
  const { texts, language, rightToLeft, ownStyles, brand, basePath, appHref, nonce } = context
  return (
    // guard: Cloudflare rewrites no address on a page
    <>
      {raw('<!doctype html>')}
      <html lang={language} dir={rightToLeft ? 'rtl' : undefined}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{`${title} · ${brand.name}`}</title>
          {/* Else browsers ask for /favicon.ico, which is another app's where Janus has only a path of the origin. */}
          <link rel="icon" href="data:," />
          <link rel="stylesheet" href={`${basePath}/assets/janus.css`} />
          <script type="module" src={`${basePath}/assets/janus.js`} nonce={nonce} />
          {styleSheet !== undefined && <link rel="stylesheet" href={`${basePath}${styleSheet}.css`} />}
          {ownStyles && <link rel="stylesheet" href={`${basePath}/assets/${BRAND_STYLES}`} />}
          {passkeys && <script type="module" src={`${basePath}/assets/passkeys.js`} nonce={nonce} />}
          {assets !== undefined && <script type="module" src={`${basePath}${assets}.js`} nonce={nonce} />}
        </head>
        <body class={wide ? 'wide' : 'narrow'}>
          {/* Cloudflare would put a script in place of every address on the page (Email Address Obfuscation), and the policy stops it. */}
          {raw('<!--email_off-->')}
          <header class="top">
            <a class="brand" href={appHref}>
              <Brand name={brand.name} logoUrl={brand.logoUrl} />
            </a>
            {signedIn && (
              <form method="post" action={`${basePath}/logout`}>
                <button type="submit" class="quiet">
                  {texts.layout.signOut}
                </button>
              </form>
            )}
          </header>
          <main>{children}</main>
          <Legal context={context} />
          {raw('<!--/email_off-->')}
        </body>
      </html>
    </>
  )
}

/** Shows what an operator must be able to link to, where it is set. */
function Legal({ context: { brand, texts } }: { readonly context: PageContext }) {
  const { termsUrl, privacyUrl } = brand
  if (termsUrl === null && privacyUrl === null) return null
  return (
    <footer class="legal">
      {termsUrl !== null && <a href={termsUrl}>{texts.layout.terms}</a>}
      {privacyUrl !== null && <a href={privacyUrl}>{texts.layout.privacy}</a>}
    </footer>
  )
}

function Brand({ name, logoUrl }: Pick<PageContext['brand'], 'name' | 'logoUrl'>) {
  if (logoUrl !== null) return <img src={logoUrl} alt={name} />
  return (
    <>
      <span class="monogram" aria-hidden="true">
        {[...name][0]}
      </span>
      {name}
    </>
  )
}
