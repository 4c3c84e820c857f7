import { VERIFY_EMAIL_PATH } from '../mail/link-paths'
import { DonePage } from './done-page'
import { Form, Hidden, SubmitButton } from './form'
import { AccountHint, PasswordField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'
import { fieldOf, type Screen } from './screen'

export const verifyEmailScreen: Screen = {
  path: VERIFY_EMAIL_PATH,
  needsMail: true,
  linkPurposes: ['register', 'verify-email'],
  // Who waits to be registered has no account to sign in to.
  askAgainAt: ({ registration }) => (registration === 'verified' ? '/register' : '/account'),
  form: (facts, state) => (
    <VerifyEmailPage
      context={facts.context}
      state={state}
      token={fieldOf(facts, 'token') ?? ''}
      email={facts.link?.email ?? null}
      choosePassword={!facts.link?.keepsPassword}
      invited={facts.link?.invited ?? false}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
  done: ({ context, done, returnTo }) =>
    done === 'no-password' ? (
      <NoPasswordPage context={context} returnTo={returnTo} />
    ) : (
      <EmailVerifiedPage context={context} returnTo={returnTo} elsewhere={done === 'elsewhere'} />
    ),
}

interface VerifyEmailPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly token: string
  /** Says whether the account gets its password only now. */
  readonly choosePassword: boolean
  /** Says whether somebody else made the account, and its owner sets it up now. */
  readonly invited: boolean
  readonly passwordMinLength: number
  /** For password managers, where the account of the token is known. */
  readonly email: string | null
}

/** Shows `GET /email/verify`. A button, because programs that check mail follow links: opening one uses up nothing. */
export function VerifyEmailPage(props: VerifyEmailPageProps) {
  const { context, state, token, choosePassword, invited, passwordMinLength, email } = props
  const { texts } = context
  const { title, intro, submit } = wordsOf(texts, { choosePassword, email: invited ? email : null })
  const form = choosePassword
    ? { context, id: 'verify', state, fields: ['new_password'], retry: 'new_password', passwordMinLength }
    : { context, id: 'verify', state, fields: [], retry: null }
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{intro}</p>
      <Form form={form} action="/email/verify">
        <Hidden name="token" value={token} />
        {choosePassword && email !== null && <AccountHint email={email} />}
        {choosePassword && <PasswordField form={form} name="new_password" label={texts.fields.newPassword} />}
        <SubmitButton>{submit}</SubmitButton>
      </Form>
    </Layout>
  )
}

/** Returns the words of the page. @param email Of somebody who was invited, and to whom the page is not about an address. */
function wordsOf(
  { verifyEmail }: PageContext['texts'],
  { choosePassword, email }: { readonly choosePassword: boolean; readonly email: string | null },
) {
  const { title, intro, introWithPassword, submit, inviteTitle, invite, submitInvite } = verifyEmail
  if (email !== null) return { title: inviteTitle, intro: invite(email), submit: submitInvite }
  return { title, intro: choosePassword ? introWithPassword : intro, submit }
}

/** Shows that it is done. */
export function EmailVerifiedPage({
  context,
  returnTo,
  elsewhere,
}: {
  readonly context: PageContext
  readonly returnTo: string | null
  /** Says whether the person registered in another browser, and so is not signed in here. */
  readonly elsewhere: boolean
}) {
  const { texts, appHref, basePath } = context
  const { doneTitle, done, doneElsewhere, continue: text } = texts.verifyEmail
  const on = elsewhere
    ? { href: withReturnTo(`${basePath}/login`, returnTo), text: texts.login.submit }
    : { href: returnTo ?? appHref, text }
  return <DonePage context={context} title={doneTitle} text={elsewhere ? doneElsewhere : done} link={on} />
}

/** Renders that the address is proven, and that the password that was chosen before was somebody else's: see flows/verify-email.ts. */
function NoPasswordPage({
  context,
  returnTo,
}: {
  readonly context: PageContext
  readonly returnTo: string | null
}) {
  const { texts, basePath } = context
  const link = {
    href: withReturnTo(`${basePath}/password/forgot`, returnTo),
    text: texts.account.setPassword,
  }
  return (
    <DonePage
      context={context}
      title={texts.verifyEmail.doneTitle}
      text={texts.account.noPassword}
      link={link}
    />
  )
}
