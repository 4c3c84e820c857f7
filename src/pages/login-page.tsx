import { EmailField, Form, PasswordField, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'

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
  const { texts, basePath } = context
  const form = { context, id: 'login', state, fields: ['email', 'password'], retry: 'password' }
  return (
    <Layout context={context} title={texts.login.title}>
      <h1>{texts.login.title}</h1>
      <Form form={form} action="/login" returnTo={returnTo}>
        <EmailField form={form} autocomplete="username" />
        <PasswordField form={form} name="password" label={texts.fields.password} />
        {mail && (
          <p class="aside">
            <a href={withReturnTo(`${basePath}/password/forgot`, returnTo)}>{texts.login.forgot}</a>
          </p>
        )}
        <SubmitButton>{texts.login.submit}</SubmitButton>
      </Form>
      {mail && (
        <>
          <p class="or">{texts.login.or}</p>
          <a class="button" href={withReturnTo(`${basePath}/login/link`, returnTo)}>
            {texts.login.link}
          </a>
        </>
      )}
      {registration && (
        <p class="elsewhere">
          {texts.login.noAccount}{' '}
          <a href={withReturnTo(`${basePath}/register`, returnTo)}>{texts.login.register}</a>
        </p>
      )}
    </Layout>
  )
}
