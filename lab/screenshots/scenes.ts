import type { Page } from 'playwright-core'
import { CANCEL_RECOVERY_PATH } from '../../src/mail/link-paths.ts'
import { AUTHORIZE } from '../../test/e2e/authorize-paths.ts'
import { enterDeviceCode, showConnectedApps } from '../../test/e2e/oauth-app.ts'
import {
  allowApp,
  comeFromProvider,
  makeApiKey,
  originOf,
  setUpTotp,
  showRecoveryCodes,
  submit,
  unfoldAll,
} from './acts.ts'
import { ADA, INVITED } from './people.ts'

/** A page in one of its states, and how a browser gets there. Ada sees the pages of an account, or somebody with a long name. */
export interface Scene {
  readonly name: string
  readonly signedIn?: boolean | 'long'
  readonly path: string
  /** The route that mails a link to the path. */
  readonly mailedBy?: string
  /** Names the person who requests the mail, if not Ada. */
  readonly person?: string
  readonly act?: (page: Page) => Promise<void>
  /** Names the service that has a brand and asks Turnstile, or the one that lets people in from a provider. */
  readonly at?: 'branded' | 'social'
}

const COMMON_PASSWORD = '123456789012345'

export const SCENES: readonly Scene[] = [
  // First, while little has happened to the account.
  { name: 'home-signed-in', path: '/', signedIn: true },
  { name: 'account', path: '/account', signedIn: true },
  { name: 'account-forms', path: '/account?done=name-saved', signedIn: true, act: unfoldAll },
  {
    name: 'account-refused',
    path: '/account',
    signedIn: true,
    act: async (page) => {
      await unfoldAll(page)
      await submit(page, { current_password: 'wrong', new_password: ADA.password }, '#password')
    },
  },
  { name: 'account-long', path: '/account', signedIn: 'long', act: unfoldAll },
  { name: 'reauthenticate', path: '/reauthenticate?return_to=/account', signedIn: true },
  { name: 'totp', path: '/account', signedIn: 'long', act: setUpTotp },
  { name: 'recovery-codes', path: '/account', signedIn: 'long', act: showRecoveryCodes },
  { name: 'account-secured', path: '/account', signedIn: 'long', act: unfoldAll },
  { name: 'no-cookie', path: '/continue?cookie=session&return_to=/account' },
  { name: 'signed-in-already', path: '/login?return_to=/account', signedIn: true },
  { name: 'home', path: '/' },
  { name: 'login', path: '/login' },
  {
    name: 'login-refused',
    path: '/login',
    act: (page) => submit(page, { email: ADA.email, password: 'wrong' }),
  },
  { name: 'sign-in-link', path: '/login/link' },
  { name: 'confirm-sign-in', path: '/login/link/confirm?token=none' },
  { name: 'register', path: '/register' },
  {
    name: 'register-refused',
    path: '/register',
    act: (page) => submit(page, { ...ADA, password: COMMON_PASSWORD }),
  },
  { name: 'check-mail', path: '/mail-sent?for=register' },
  { name: 'verify-email', path: '/email/verify', mailedBy: '/email/verify/resend' },
  { name: 'email-verified', path: '/email/verify?done=ready' },
  { name: 'forgot-password', path: '/password/forgot' },
  {
    name: 'reset-password',
    path: '/password/reset',
    mailedBy: '/password/forgot',
    act: (page) => page.locator('[name=new_password]').pressSequentially('three words'),
  },
  { name: 'password-reset', path: '/password/reset?done' },
  { name: 'confirm-email-change', path: '/email/change/confirm?token=none' },
  { name: 'email-changed', path: '/email/change/confirm?done' },
  { name: 'problem', path: '/problems/session-ended' },
  { name: 'problem-account', path: '/problems/account-mismatch' },
  { name: 'second-factor', path: '/login/second-factor?with=passkey' },
  { name: 'set-up-factor', path: '/login/second-factor/set-up?with=passkey' },
  { name: 'set-up-factor-by-mail', path: '/login/second-factor/set-up?by=mail' },
  { name: 'factor-recovery', path: '/login/second-factor/recovery' },
  { name: 'factor-recovery-started', path: '/login/second-factor/recovery?done' },
  { name: 'factor-recovery-cancel', path: `${CANCEL_RECOVERY_PATH}?token=none` },
  { name: 'factor-recovery-cancelled', path: `${CANCEL_RECOVERY_PATH}?done` },
  { name: 'consent', path: AUTHORIZE.site, signedIn: true },
  { name: 'consent-this-device', path: AUTHORIZE.thisDevice, signedIn: true },
  { name: 'consent-unchecked', path: AUTHORIZE.registeredItself, signedIn: true },
  { name: 'consent-onward', path: AUTHORIZE.registeredItself, signedIn: true, act: allowApp },
  { name: 'refused-app', path: AUTHORIZE.refused, signedIn: true },
  { name: 'unregistered-app', path: AUTHORIZE.unknown, signedIn: true },
  { name: 'device', path: '/device', signedIn: true },
  { name: 'device-by-link', path: '/device?user_code=BCDF-GHJK', signedIn: true },
  {
    name: 'device-refused',
    path: '/device',
    signedIn: true,
    act: (page) => submit(page, { user_code: 'BCDF-GHJK' }),
  },
  {
    name: 'device-consent',
    path: '/device',
    signedIn: true,
    act: (page) => enterDeviceCode(page, originOf(page)),
  },
  {
    name: 'device-connected',
    path: '/device',
    signedIn: true,
    act: async (page) => {
      await enterDeviceCode(page, originOf(page))
      await submit(page, {})
    },
  },
  {
    name: 'connected-apps',
    path: '/account',
    signedIn: true,
    act: (page) => showConnectedApps(page, originOf(page)),
  },
  { name: 'api-key-created', path: '/account/api-keys', signedIn: true, act: makeApiKey },
  { name: 'api-keys', path: '/account/api-keys', signedIn: true },
  { name: 'sign-out-asked', path: '/oauth/logout', signedIn: true },
  { name: 'signed-out', path: '/oauth/logout' },
  { name: 'connect-provider', path: '/login', at: 'social', act: comeFromProvider },
  { name: 'invitation', path: '/email/verify', mailedBy: '/email/verify/resend', person: INVITED },
  { name: 'branded-login', path: '/login', at: 'branded' },
  { name: 'branded-register', path: '/register', at: 'branded' },
  { name: 'branded-email-verified', path: '/email/verify?done=ready', at: 'branded' },
  { name: 'dead-link', path: '/password/reset?token=none' },
  { name: 'reference', path: '/docs', act: (page) => page.locator('#signIn > summary').click() },
  { name: 'not-found', path: '/no-such-page' },
]
