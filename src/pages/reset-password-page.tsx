import { RESET_PASSWORD_PATH } from '../mail/link-paths'
import { DonePage } from './done-page'
import { Form, Hidden, SubmitButton } from './form'
import { AccountHint, PasswordField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'
import { fieldOf, type Screen } from './screen'

export const resetPasswordScreen: Screen = {
  path: RESET_PASSWORD_PATH,
  needsMail: true,
  linkPurposes: ['reset-password'],
  askAgainAt: () => '/password/forgot',
  form: (facts, state) => (
    <ResetPasswordPage
      context={facts.context}
      state={state}
      token={fieldOf(facts, 'token') ?? ''}
      email={facts.link?.email ?? null}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
  done: ({ context, returnTo }) => <PasswordResetPage context={context} returnTo={returnTo} />,
}

interface ResetPasswordPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly token: string
  readonly passwordMinLength: number
  /** For password managers, where the account of the token is known. */
  readonly email: string | null
}

/** Shows `GET /password/reset`. */
export function ResetPasswordPage(props: ResetPasswordPageProps) {
  const { context, state, token, passwordMinLength, email } = props
  const { texts } = context
  const fields = ['new_password']
  const form = { context, id: 'reset', state, fields, retry: 'new_password', main: true, passwordMinLength }
  return (
    <Layout context={context} title={texts.resetPassword.title}>
      <h1>{texts.resetPassword.title}</h1>
      <p class="intro">{texts.resetPassword.intro}</p>
      <Form form={form} action="/password/reset">
        <Hidden name="token" value={token} />
        {email !== null && <AccountHint email={email} />}
        <PasswordField form={form} name="new_password" label={texts.fields.newPassword} />
        <SubmitButton>{texts.resetPassword.submit}</SubmitButton>
      </Form>
    </Layout>
  )
}

/** Shows that it is done. Nobody is signed in by a reset. */
export function PasswordResetPage({
  context,
  returnTo,
}: {
  readonly context: PageContext
  readonly returnTo: string | null
}) {
  const { texts, basePath } = context
  const { doneTitle, done, signIn } = texts.resetPassword
  return (
    <DonePage
      context={context}
      title={doneTitle}
      text={done}
      link={{ href: withReturnTo(`${basePath}/login`, returnTo), text: signIn }}
    />
  )
}
