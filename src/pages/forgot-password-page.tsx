import { Attempt, Form, HumanCheck, OtherScreen, SubmitButton } from './form'
import { EmailField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, type Screen } from './screen'

export const forgotPasswordScreen: Screen = {
  path: '/password/forgot',
  needsMail: true,
  asksForAddress: true,
  form: (facts, state) => (
    <ForgotPasswordPage context={facts.context} state={state} returnTo={fieldOf(facts, 'return_to')} />
  ),
}

interface ForgotPasswordPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
}

/** Renders `GET /password/forgot`. */
export function ForgotPasswordPage({ context, state, returnTo }: ForgotPasswordPageProps) {
  const { texts } = context
  const form = { context, id: 'forgot', state, fields: ['email'], retry: 'email', main: true }
  return (
    <Layout context={context} title={texts.forgotPassword.title}>
      <h1>{texts.forgotPassword.title}</h1>
      <p class="intro">{texts.forgotPassword.intro}</p>
      <Form form={form} action="/password/forgot" returnTo={returnTo}>
        <Attempt />
        <EmailField form={form} autocomplete="username" />
        <HumanCheck context={context} action="forgot" />
        <SubmitButton>{texts.forgotPassword.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        <OtherScreen form={form} to="/login">
          {texts.forgotPassword.back}
        </OtherScreen>
      </p>
    </Layout>
  )
}
