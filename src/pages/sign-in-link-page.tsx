import { Attempt, EmailField, Form, Hidden, OtherScreen, SubmitButton } from './form'
import { type FormState, FRESH_FORM } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface SignInLinkPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
}

/** `GET /login/link`: asks where to send a link that signs in. */
export function SignInLinkPage({ context, state, returnTo }: SignInLinkPageProps) {
  const { texts } = context
  const form = { context, id: 'link', state, fields: ['email'], retry: 'email', main: true }
  return (
    <Layout context={context} title={texts.signInLink.title}>
      <h1>{texts.signInLink.title}</h1>
      <p class="intro">{texts.signInLink.intro}</p>
      <Form form={form} action="/login/link" returnTo={returnTo}>
        <Attempt />
        <EmailField form={form} autocomplete="username" />
        <SubmitButton>{texts.signInLink.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        <OtherScreen form={form} to="/login">
          {texts.signInLink.withPassword}
        </OtherScreen>
      </p>
    </Layout>
  )
}

interface ConfirmSignInPageProps {
  readonly context: PageContext
  readonly token: string
  readonly returnTo: string | null
  /** Whether a password goes that was set before anybody had proven the address. Said before the button is pressed. */
  readonly removesPassword: boolean
}

/** Where the link leads. A button, because programs that check mail follow links: opening one uses up nothing. */
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
