import type { SignOutPages, SignOutQuestion } from '../api/oauth/end-session'
import type { Pages } from '../api/pages'
import { Hidden } from './form'
import { Layout } from './layout'
import type { PageContext } from './page'
import { signOutTexts } from './texts/sign-out-texts'

/** Creates the pages of a sign-out that an app requests. */
export function createSignOutPages(pages: Pages, onward: SignOutPages['onward']): SignOutPages {
  return {
    ask: (c, question) =>
      pages.show(c, (context: PageContext) => <SignOutPage context={context} question={question} />),
    signedOut: (c) => pages.show(c, (context: PageContext) => <SignedOutPage context={context} />),
    onward,
  }
}

interface SignOutPageProps {
  readonly context: PageContext
  readonly question: SignOutQuestion
}

/** Asks a person whether to sign out: the app has not shown that it knows who is signed in. */
export function SignOutPage({ context, question: { person, sealed } }: SignOutPageProps) {
  const words = signOutTexts(context)
  return (
    <Layout context={context} title={words.title}>
      <h1>{words.title}</h1>
      <p class="intro">{words.intro(person.email)}</p>
      <form class="form" method="post" action={`${context.basePath}/oauth/logout/confirm`}>
        <Hidden name="request" value={sealed} />
        <Hidden name="account_id" value={person.userId} />
        <button type="submit" class="primary">
          {words.signOut}
        </button>
      </form>
      <div class="actions">
        <a class="button" href={context.appHref}>
          {words.stay}
        </a>
      </div>
    </Layout>
  )
}

/** Says that nobody is signed in. */
export function SignedOutPage({ context }: { readonly context: PageContext }) {
  const words = signOutTexts(context)
  return (
    <Layout context={context} title={words.doneTitle}>
      <h1>{words.doneTitle}</h1>
      <p class="intro">{words.done}</p>
      <div class="actions">
        <a class="button primary" href={context.appHref}>
          {context.texts.signedIn.proceed}
        </a>
      </div>
    </Layout>
  )
}
