import { Attempt, Form, OtherScreen, SubmitButton } from './form'
import { EmailField, PasswordField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, offered, type Screen } from './screen'

export const loginScreen: Screen = {
  path: '/login',
  needsMail: false,
  signsIn: true,
  asksForAddress: true,
  form: (facts, state) => {
    const { mail, registration } = offered(facts.config)
    const links = { mail, registration, returnTo: fieldOf(facts, 'return_to') }
    return <LoginPage context={facts.context} state={state} {...links} />
  },
}

interface LoginPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
  /** Whether mail can be sent: without it there is no way back to a forgotten password. */
  readonly mail: boolean
  /** Whether accounts can be made here. */
  readonly registration: boolean
}

/** `GET /login`. */
export function LoginPage({ context, state, returnTo, mail, registration }: LoginPageProps) {
  const { texts } = context
  const form = { context, id: 'login', state, fields: ['email', 'password'], retry: 'password', main: true }
  return (
    <Layout context={context} title={texts.login.title}>
      <h1>{texts.login.title}</h1>
      <Form form={form} action="/login" returnTo={returnTo}>
        <Attempt />
        <EmailField form={form} autocomplete="username" />
        <PasswordField form={form} name="password" label={texts.fields.password} />
        <SubmitButton>{texts.login.submit}</SubmitButton>
      </Form>
      {mail && (
        <p class="aside">
          <OtherScreen form={form} to="/password/forgot">
            {texts.login.forgot}
          </OtherScreen>
        </p>
      )}
      {mail && (
        <>
          <p class="or">{texts.login.or}</p>
          <OtherScreen form={form} to="/login/link" asButton>
            {texts.login.link}
          </OtherScreen>
        </>
      )}
      {registration && (
        <p class="elsewhere">
          {texts.login.noAccount}{' '}
          <OtherScreen form={form} to="/register">
            {texts.login.register}
          </OtherScreen>
        </p>
      )}
    </Layout>
  )
}
