import { Attempt, EmailField, Field, Form, OtherScreen, PasswordField, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface RegisterPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
  readonly passwordMinLength: number
}

/** `GET /register`. */
export function RegisterPage({ context, state, returnTo, passwordMinLength }: RegisterPageProps) {
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
        <SubmitButton>{texts.register.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        {texts.register.haveAccount}{' '}
        <OtherScreen form={form} to="/login">
          {texts.register.signIn}
        </OtherScreen>
      </p>
    </Layout>
  )
}
