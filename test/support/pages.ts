import type { MailSentPage } from '../../src/api/mail-sent'
import { AccountPage, type AccountPageProps } from '../../src/pages/account-page'
import { ApiKeysPage, CreatedPage } from '../../src/pages/api-key-pages'
import { CATALOGUE } from '../../src/pages/catalogue'
import { CheckMailPage } from '../../src/pages/check-mail-page'
import {
  ChangeElsewherePage,
  ConfirmEmailChangePage,
  EmailChangedPage,
} from '../../src/pages/confirm-email-change-page'
import { ConfirmSignInPage, SignInElsewherePage } from '../../src/pages/confirm-sign-in-page'
import { ConnectPage } from '../../src/pages/connect-page'
import { ContinuePage, NoCookiePage } from '../../src/pages/continue-page'
import { ForgotPasswordPage } from '../../src/pages/forgot-password-page'
import type { FormState } from '../../src/pages/form-state'
import { HomePage } from '../../src/pages/home-page'
import { LoginPage } from '../../src/pages/login-page'
import type { PageContext } from '../../src/pages/page'
import { ProblemPage } from '../../src/pages/problem-page'
import { ReauthenticatePage } from '../../src/pages/reauthenticate-page'
import { RecoveryCodesPage } from '../../src/pages/recovery-codes-page'
import { RegisterPage } from '../../src/pages/register-page'
import { PasswordResetPage, ResetPasswordPage } from '../../src/pages/reset-password-page'
import { SecondFactorPage } from '../../src/pages/second-factor-page'
import { SignInLinkPage } from '../../src/pages/sign-in-link-page'
import { SignedInPage } from '../../src/pages/signed-in-page'
import { TotpPage } from '../../src/pages/totp-page'
import { EmailVerifiedPage, VerifyEmailPage } from '../../src/pages/verify-email-page'
import type { BuiltInLanguage } from '../../src/request-source/language'

export function pageContext(
  context: Partial<PageContext> & { language?: BuiltInLanguage } = {},
): PageContext {
  const language = context.language ?? 'en'
  const brand = { name: 'Example', logoUrl: null, termsUrl: null, privacyUrl: null }
  return {
    texts: CATALOGUE[language],
    language,
    provider: {},
    rightToLeft: false,
    ownStyles: false,
    turnstile: null,
    brand,
    basePath: '/auth',
    appHref: '/auth/',
    nonce: 'n0nce',
    ...context,
  }
}

/** Returns a form that came back with `text` in every place that can hold any. */
export function refusedForm(text: string): FormState {
  const fields = ['name', 'email', 'password', 'current_password', 'new_password', text]
  return {
    problem: { code: 'invalid-input' },
    errors: [
      ...fields.map((field) => ({ field, code: 'missing' })),
      { field: 'email', code: text },
      { field: 'return_to', code: 'invalid' },
    ],
    values: Object.fromEntries(fields.map((field) => [field, text])),
  }
}

/** Returns the page of API keys of somebody of whom everything is `text`, with a form that came back. */
function apiKeysProps(text: string, context: PageContext): Parameters<typeof ApiKeysPage>[0] {
  const apiKey = {
    id: text,
    app: { id: text, name: text, host: null, scope: 'notes:read notes:write', resource: text },
    createdAt: 1_800_000_000,
    expiresAt: 1_800_000_000,
    keyUsedAt: 1_800_000_000,
  }
  return {
    context,
    view: {
      userId: text,
      keys: [apiKey, { ...apiKey, id: `${text}2`, keyUsedAt: null }],
      resources: [
        { uri: text, scopes: ['notes:read', 'notes:write'] },
        { uri: `${text}2`, scopes: ['notes:read'] },
      ],
      changeable: true,
      refused: { why: 'incomplete', name: text, scope: 'notes:read', resource: text, days: 30 },
    },
    scopeTexts: { 'notes:read': text },
  }
}

const EVERY_WAY = { app: true, recoveryCode: true, passkey: true, query: '' }

/** Returns the account page of somebody of whom everything is `text`. */
export function accountProps(text: string, context: PageContext): AccountPageProps {
  const passwordMinLength = 15
  const user = {
    id: text,
    name: text,
    email: text,
    emailVerified: false,
    hasPassword: true,
    recent: true,
    proof: 'password' as const,
  }
  const seen = { device: text, country: text }
  const session = { ...seen, id: text, createdAt: 1_800_000_000, lastSeenAt: 1_800_000_000, app: null }
  const event = {
    ...seen,
    at: 1_800_000_000,
    event: text,
    reason: text,
    requestId: text,
    count: 1,
    orMore: false,
  }
  return {
    context,
    user,
    sessions: [
      { ...session, current: true },
      { ...session, id: `${text}2`, current: false },
    ],
    apiKeys: true,
    apps: [
      {
        id: `${text}3`,
        createdAt: 1_800_000_000,
        lastSeenAt: 1_800_000_000,
        app: { id: text, name: `${text}2`, host: text, scope: 'notes:read', resource: text },
      },
    ],
    scopeTexts: { 'notes:read': text },
    allSessionsHref: '/auth/sessions',
    devices: [
      { ...session, current: true },
      { ...session, id: `${text}2`, current: false },
    ],
    passkeys: [
      { id: text, credentialId: text, name: text, createdAt: 1_800_000_000, lastUsedAt: null },
      { id: `${text}2`, credentialId: text, name: text, createdAt: 1_800_000_000, lastUsedAt: 1_800_000_000 },
    ],
    known: { rpId: text, userHandle: text, email: text, displayName: text },
    secondFactor: {
      totpSince: 1_800_000_000,
      recoveryCodesLeft: 9,
      recoveryDueAt: 1_800_000_000,
      changeable: true,
      needsAddress: false,
    },
    providers: {
      providers: [{ name: 'acme', label: text }],
      identities: [
        { id: text, label: text, email: text, createdAt: 1_800_000_000, lastUsedAt: null },
        { id: `${text}2`, label: text, email: null, createdAt: 1_800_000_000, lastUsedAt: 1_800_000_000 },
      ],
      offered: { name: 'acme', label: text },
      changeable: true,
    },
    events: [
      { ...event, outcome: 'success' as const },
      { ...event, outcome: 'refused' as const },
    ],
    allActivityHref: '/auth/me/activity',
    mail: true,
    passwordMinLength,
    auditRetentionDays: 365,
    unfolded: null,
    notice: 'name-saved' as const,
  }
}

/** Returns every page that has a form or shows what someone typed, with `text` in all of it. */
export function pagesOf(
  text: string,
  state: FormState,
  context: PageContext,
): Readonly<Record<string, string>> {
  const passwordMinLength = 15
  const account = accountProps(text, context)
  const { user } = account
  const token = text
  const returnTo = text
  const apiKeys = apiKeysProps(text, context)
  const [apiKey] = apiKeys.view.keys
  if (!apiKey) throw new Error('No API key')
  const checkMail = (kind: MailSentPage) =>
    String(CheckMailPage({ context, kind, email: text, returnTo, state }))
  return {
    login: String(
      LoginPage({
        context,
        state,
        returnTo,
        next: '/auth/app',
        expired: true,
        passkeys: true,
        mail: true,
        registration: true,
        providers: [{ name: 'acme', label: text }],
      }),
    ),
    'connect a provider': String(ConnectPage({ context, label: text, email: text, mail: true })),
    'signed in already': String(SignedInPage({ context, email: text, continueHref: '/auth/app', returnTo })),
    'on the way elsewhere': String(ContinuePage({ context, href: '/auth/app', host: text })),
    'no cookie': String(
      NoCookiePage({ context, issuer: new URL('http://localhost:8788'), localHttp: true, returnTo }),
    ),
    reauthenticate: String(
      ReauthenticatePage({
        context,
        account: { id: text, email: text },
        proofs: ['password', 'totp', 'recovery-code', 'passkey', 'link'],
        lacksSecondFactor: true,
        returnTo: text,
        next: '/auth/app',
        refused: { form: 'password', state },
      }),
    ),
    'second factor': String(
      SecondFactorPage({ context, state, recovering: false, ways: EVERY_WAY, recoverable: true }),
    ),
    'second factor, recovery code': String(
      SecondFactorPage({
        context,
        state,
        recovering: true,
        ways: { ...EVERY_WAY, app: false },
        recoverable: false,
      }),
    ),
    'sign-in link': String(SignInLinkPage({ context, state, returnTo })),
    'confirm sign-in': String(ConfirmSignInPage({ context, token, returnTo, removesPassword: true })),
    register: String(
      RegisterPage({
        context,
        state,
        returnTo,
        passwordMinLength,
        providers: [{ name: 'acme', label: text }],
      }),
    ),
    'check mail: register': checkMail('register'),
    'check mail: forgot': checkMail('forgot'),
    'check mail: link': checkMail('link'),
    'check mail: resend': checkMail('resend'),
    'check mail: change': checkMail('change'),
    'forgot password': String(ForgotPasswordPage({ context, state, returnTo })),
    'reset password': String(ResetPasswordPage({ context, state, token, passwordMinLength, email: text })),
    'password reset': String(PasswordResetPage({ context, returnTo })),
    'verify email': String(
      VerifyEmailPage({
        context,
        state,
        token,
        choosePassword: false,
        invited: false,
        passwordMinLength,
        email: text,
      }),
    ),
    'verify email and choose a password': String(
      VerifyEmailPage({
        context,
        state,
        token,
        choosePassword: true,
        invited: false,
        passwordMinLength,
        email: text,
      }),
    ),
    invitation: String(
      VerifyEmailPage({
        context,
        state,
        token,
        choosePassword: true,
        invited: true,
        passwordMinLength,
        email: text,
      }),
    ),
    'email verified': String(EmailVerifiedPage({ context, returnTo: null, elsewhere: false })),
    'email verified elsewhere': String(EmailVerifiedPage({ context, returnTo, elsewhere: true })),
    'confirm change of email': String(ConfirmEmailChangePage({ context, state, token })),
    'sign-in link elsewhere': String(SignInElsewherePage({ context, token })),
    'change of email elsewhere': String(ChangeElsewherePage({ context })),
    'email changed': String(EmailChangedPage({ context })),
    account: String(AccountPage(account)),
    'account, name': String(AccountPage({ ...account, forms: { name: state } })),
    'account, resend': String(AccountPage({ ...account, forms: { resend: state } })),
    'account, email': String(AccountPage({ ...account, forms: { email: state } })),
    'account, password': String(AccountPage({ ...account, forms: { password: state } })),
    'account, deletion': String(AccountPage({ ...account, forms: { deletion: state } })),
    'account without a password': String(
      AccountPage({ ...account, user: { ...user, hasPassword: false }, events: [] }),
    ),
    'account without a second step': String(
      AccountPage({
        ...account,
        secondFactor: {
          totpSince: null,
          recoveryCodesLeft: 0,
          recoveryDueAt: null,
          changeable: true,
          needsAddress: false,
        },
      }),
    ),
    'account, signed in a while ago': String(
      AccountPage({
        ...account,
        secondFactor: {
          totpSince: null,
          recoveryCodesLeft: 0,
          recoveryDueAt: null,
          changeable: false,
          needsAddress: true,
        },
      }),
    ),
    'API keys': String(ApiKeysPage(apiKeys)),
    'API keys, signed in a while ago': String(
      ApiKeysPage({ ...apiKeys, view: { ...apiKeys.view, keys: [], changeable: false, refused: null } }),
    ),
    'new API key': String(CreatedPage({ context, apiKey, secret: text })),
    'authenticator app': String(
      TotpPage({
        context,
        state,
        offer: { accountId: text, enrolment: text, seed: text, otpauthUri: `otpauth://totp/${text}` },
      }),
    ),
    'authenticator app in a sign-in': String(
      TotpPage({
        context,
        state,
        offer: { accountId: null, enrolment: text, seed: text, otpauthUri: `otpauth://totp/${text}` },
      }),
    ),
    'recovery codes': String(RecoveryCodesPage({ context, codes: [text, text], next: null })),
    home: String(HomePage({ context, user: null, registration: true })),
    'home, signed in': String(HomePage({ context, user, registration: true })),
    problem: String(ProblemPage({ context, code: 'invalid-link', status: 400, reference: text })),
  }
}

export interface ParsedElement {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
}

/** Returns the elements of a page, as the parser of the platform sees them. Values are as in the source: entities stay. */
export async function elementsOf(page: string): Promise<readonly ParsedElement[]> {
  const elements: ParsedElement[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element({ tagName, attributes }) {
      const pairs = [...attributes].map(([name = '', value = '']) => [name, value] as const)
      elements.push({ tag: tagName, attributes: new Map(pairs) })
    },
  })
  await rewriter.transform(new Response(page)).text()
  return elements
}
