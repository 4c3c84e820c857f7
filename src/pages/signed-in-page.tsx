import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'

interface SignedInPageProps {
  readonly context: PageContext
  readonly email: string
  /** Says where to go on, as it was checked. */
  readonly continueHref: string
  /** As it was asked for, for whoever signs in to another account. */
  readonly returnTo: string | null
}

/**
 * Shows `GET /login` and `/register` to someone who is signed in. Not a redirect: an app that takes the person for signed out would send
 * them back here, round and round.
 */
export function SignedInPage({ context, email, continueHref, returnTo }: SignedInPageProps) {
  const { texts, basePath } = context
  const { title, intro, proceed, other, otherHint } = texts.signedIn
  return (
    <Layout context={context} title={title} signedIn>
      <h1>{title}</h1>
      <p class="intro">{intro(email)}</p>
      <div class="actions">
        <a class="button primary" href={continueHref}>
          {proceed}
        </a>
        <a class="button" href={withReturnTo(`${basePath}/login?account=other`, returnTo)}>
          {other}
        </a>
      </div>
      <p class="elsewhere">{otherHint}</p>
    </Layout>
  )
}
