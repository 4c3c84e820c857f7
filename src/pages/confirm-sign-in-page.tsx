import { readMailSent } from '../api/mail-sent'
import { sentFields } from '../http/body'
import { CONFIRM_SIGN_IN_PATH } from '../mail/link-paths'
import { CheckMailPage } from './check-mail-page'
import { Attempt, Form, Hidden, HumanCheck, SubmitButton } from './form'
import { FRESH_FORM } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, type Screen } from './screen'

/** Confirms a sign-in by the link of a mail, or takes the code that came with it. */
export const confirmSignInScreen: Screen = {
  path: CONFIRM_SIGN_IN_PATH,
  needsMail: true,
  linkPurposes: ['sign-in'],
  askAgainAt: () => '/login/link',
  // The address bar after a code was refused.
  withoutToken: '/mail-sent?for=link',
  form: (facts, state) => {
    const { c, context, config, link } = facts
    if (sentFields(c).code !== undefined) {
      const sent = readMailSent(c, config.cookies)
      return <CheckMailPage context={context} kind="link" {...sent} state={state} />
    }
    const token = fieldOf(facts, 'token') ?? ''
    if (link?.elsewhere) return <SignInElsewherePage context={context} token={token} />
    const returnTo = fieldOf(facts, 'return_to')
    const removesPassword = link?.removesPassword ?? false
    return (
      <ConfirmSignInPage
        context={context}
        token={token}
        returnTo={returnTo}
        removesPassword={removesPassword}
      />
    )
  },
}

interface ConfirmSignInPageProps {
  readonly context: PageContext
  readonly token: string
  readonly returnTo: string | null
  /** Says whether a password goes that was set before anybody had proven the address. Said before the button is pressed. */
  readonly removesPassword: boolean
}

/** Shows where the link leads. A button, because programs that check mail follow links: opening one uses up nothing. */
export function ConfirmSignInPage({ context, token, returnTo, removesPassword }: ConfirmSignInPageProps) {
  const { texts } = context
  const form = { context, id: 'confirm', state: FRESH_FORM, fields: [], retry: null }
  return (
    <Layout context={context} title={texts.confirmSignIn.title}>
      <h1>{texts.confirmSignIn.title}</h1>
      <p class="intro">{texts.confirmSignIn.intro}</p>
      {removesPassword && <p class="next">{texts.confirmSignIn.removesPassword}</p>}
      <Form form={form} action="/login/link/confirm" returnTo={returnTo}>
        <Hidden name="token" value={token} />
        <SubmitButton>{texts.confirmSignIn.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">{texts.confirmSignIn.notYou}</p>
    </Layout>
  )
}

/**
 * Shows where a sign-in link leads in a browser that did not ask for it. The form asks for one for this browser with the link itself, so
 * that the address need not stand on a page that anybody sees to whom the link was passed on.
 */
export function SignInElsewherePage({ context, token }: Pick<ConfirmSignInPageProps, 'context' | 'token'>) {
  const { texts } = context
  const { title, signIn, again } = texts.otherBrowser
  const form = { context, id: 'again', state: FRESH_FORM, fields: [], retry: null }
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{signIn}</p>
      <Form form={form} action="/login/link">
        <Attempt />
        <Hidden name="token" value={token} />
        <HumanCheck context={context} action="link" />
        <SubmitButton>{again}</SubmitButton>
      </Form>
      <p class="elsewhere">{texts.confirmSignIn.notYou}</p>
    </Layout>
  )
}
