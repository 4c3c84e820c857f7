import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'

interface ContinuePageProps {
  readonly context: PageContext
  readonly href: string
  readonly host: string
}

/** Renders the page after a form that ends at another origin. The response goes on by itself (`Refresh`); the link is for browsers that do not. */
export function ContinuePage({ context, href, host }: ContinuePageProps) {
  const { title, intro } = context.texts.onward
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{intro(host)}</p>
      <div class="actions">
        <a class="button primary" href={href}>
          {context.texts.signedIn.proceed}
        </a>
      </div>
    </Layout>
  )
}

interface NoCookiePageProps {
  readonly context: PageContext
  /** Of Janus. */
  readonly issuer: URL
  /** Says whether Janus is served without TLS on this machine, where Safari keeps no cookie that is `Secure`. */
  readonly localHttp: boolean
  readonly returnTo: string | null
}

/** Renders the page after a form whose cookie the browser did not keep: what that means, and what to do. */
export function NoCookiePage({ context, issuer, localHttp, returnTo }: NoCookiePageProps) {
  const { title, intro, settings, local } = context.texts.noCookie
  const port = issuer.port === '8787' ? '' : ` --port ${issuer.port}`
  // Below a path, an app serves Janus.
  const command = context.basePath === '' ? 'npm start -- --https' : 'npx janus dev --https'
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{intro}</p>
      {localHttp && (
        <p class="intro">{local(`${command}${port}`, `https://${issuer.host}${context.basePath}/`)}</p>
      )}
      <p class="intro">{settings(issuer.host)}</p>
      <div class="actions">
        <a class="button primary" href={withReturnTo(`${context.basePath}/login`, returnTo)}>
          {context.texts.login.submit}
        </a>
      </div>
    </Layout>
  )
}
