import { EmailField, Form, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface ForgotPasswordPageProps {
  readonly context: PageContext
  readonly state: FormState
}

/** `GET /password/forgot`. */
export function ForgotPasswordPage({ context, state }: ForgotPasswordPageProps) {
  const { texts, basePath } = context
  const form = { context, id: 'forgot', state, fields: ['email'], retry: 'email' }
  return (
    <Layout context={context} title={texts.forgotPassword.title}>
      <h1>{texts.forgotPassword.title}</h1>
      <p class="intro">{texts.forgotPassword.intro}</p>
      <Form form={form} action="/password/forgot">
        <EmailField form={form} autocomplete="username" />
        <SubmitButton>{texts.forgotPassword.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        <a href={`${basePath}/login`}>{texts.forgotPassword.back}</a>
      </p>
    </Layout>
  )
}
