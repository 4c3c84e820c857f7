import type { Context } from 'hono'
import { readMailSent } from '../api/mail-sent'
import type { Config } from '../config/config'
import { sentFields } from '../http/body'
import { CheckMailPage } from './check-mail-page'
import { ConfirmEmailChangePage } from './confirm-email-change-page'
import { ForgotPasswordPage } from './forgot-password-page'
import type { FormState } from './form-state'
import { LoginPage } from './login-page'
import type { MailedLink } from './mailed-link'
import { ChangeElsewherePage, SignInElsewherePage } from './other-browser-page'
import type { PageContext } from './page'
import { RegisterPage } from './register-page'
import { ResetPasswordPage } from './reset-password-page'
import { ConfirmSignInPage, SignInLinkPage } from './sign-in-link-page'
import { VerifyEmailPage } from './verify-email-page'

/** What a screen is made of besides its form. */
interface ScreenFacts {
  readonly c: Context
  readonly context: PageContext
  readonly config: Config
  /** What led here, if it was a mail. */
  readonly link: MailedLink | null
}

type Screen = (facts: ScreenFacts, state: FormState) => ReturnType<typeof LoginPage>

/**
 * The pages that are one form: shown by GET of a path, and again, with what was wrong, when POST of the same path is refused.
 * Where a link in a mail leads, GET uses up nothing.
 */
export const SCREENS: Readonly<Record<string, Screen>> = {
  '/login': (facts, state) => {
    const { context, config } = facts
    const { mail, registration } = offered(config)
    const links = { mail, registration, returnTo: fieldOf(facts, 'return_to') }
    return <LoginPage context={context} state={state} {...links} />
  },
  '/login/link': (facts, state) => (
    <SignInLinkPage context={facts.context} state={state} returnTo={fieldOf(facts, 'return_to')} />
  ),
  '/login/link/confirm': (facts, state) => {
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
  '/register': (facts, state) => (
    <RegisterPage
      context={facts.context}
      state={state}
      returnTo={fieldOf(facts, 'return_to')}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
  '/password/forgot': (facts, state) => (
    <ForgotPasswordPage context={facts.context} state={state} returnTo={fieldOf(facts, 'return_to')} />
  ),
  '/password/reset': (facts, state) => (
    <ResetPasswordPage
      context={facts.context}
      state={state}
      token={fieldOf(facts, 'token') ?? ''}
      email={facts.link?.email ?? null}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
  '/email/verify': (facts, state) => (
    <VerifyEmailPage
      context={facts.context}
      state={state}
      token={fieldOf(facts, 'token') ?? ''}
      email={facts.link?.email ?? null}
      choosePassword={!facts.link?.keepsPassword}
      passwordMinLength={facts.config.passwordMinLength}
    />
  ),
  '/email/change/confirm': (facts, state) =>
    facts.link?.elsewhere ? (
      <ChangeElsewherePage context={facts.context} />
    ) : (
      <ConfirmEmailChangePage context={facts.context} state={state} token={fieldOf(facts, 'token') ?? ''} />
    ),
}

/** What there are pages for. */
export function offered({ mail, registration }: Config): { mail: boolean; registration: boolean } {
  return { mail: mail.carrier !== 'none', registration: registration !== 'closed' }
}

/** What a form sent, or a link says. */
function fieldOf({ c }: ScreenFacts, field: string): string | null {
  return sentFields(c)[field] ?? c.req.query(field) ?? null
}
