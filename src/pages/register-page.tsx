import { Attempt, Form, HumanCheck, OtherScreen, SubmitButton } from './form'
import { EmailField, Field, PasswordField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { ProviderButtons, type ProviderView } from './provider-buttons'
import { fieldOf, offered, type Screen } from './screen'

export const registerScreen: Screen = {
  path: '/register',
  needsMail: false,
  signsIn: true,
  asksForAddress: true,
  refusal: (config) => (offered(config).registration ? null : 'registration-closed'),
  form: (facts, state) => (
    <RegisterPage
      context={facts.context}
      state={state}
      returnTo={fieldOf(facts, 'return_to')}
      providers={facts.providers}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
}

interface RegisterPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
  readonly passwordMinLength: number
  readonly providers: readonly ProviderView[]
}

/** Shows `GET /register`. */
export function RegisterPage(props: RegisterPageProps) {
  const { context, state, returnTo, passwordMinLength, providers } = props
  const { texts } = context
  const fields = ['name', 'email', 'password']
  const form = { context, id: 'register', state, fields, retry: 'email', main: true, passwordMinLength }
  return (
    <Layout context={context} title={texts.register.title}>
      <h1>{texts.register.title}</h1>
      <Form form={form} action="/register" returnTo={returnTo}>
        <Attempt />
        <Field form={form} name="name" label={texts.fields.name} autocomplete="name" required={false} />
        <EmailField form={form} />
        <PasswordField form={form} name="password" label={texts.fields.password} />
        <HumanCheck context={context} action="register" />
        <SubmitButton>{texts.register.submit}</SubmitButton>
      </Form>
      <ProviderButtons context={context} providers={providers} returnTo={returnTo} />
      <p class="elsewhere">
        {texts.register.haveAccount}{' '}
        <OtherScreen form={form} to="/login">
          {texts.register.signIn}
        </OtherScreen>
      </p>
    </Layout>
  )
}
