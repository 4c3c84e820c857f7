import { AUTHORIZE } from './authorize-paths.ts'

/** Every page that is for people who are not signed in, by its path. */
export const OPEN_PAGES = [
  '/',
  '/login',
  '/login?problem=sign-in-expired',
  '/login/second-factor',
  '/login/second-factor?with=passkey',
  '/login/second-factor?by=passkey',
  '/login/second-factor?by=recovery-code',
  '/login/second-factor?by=none',
  '/login/second-factor/set-up?with=passkey',
  '/login/second-factor/set-up?by=mail',
  '/login/second-factor/recovery',
  '/login/second-factor/recovery?done',
  '/login/second-factor/recovery/cancel?token=none',
  '/login/second-factor/recovery/cancel?done',
  '/login/link',
  '/login/link/confirm?token=none',
  '/register',
  '/password/forgot',
  '/password/reset?token=none',
  '/password/reset?done',
  '/email/verify?token=none',
  '/email/verify?done=ready',
  '/email/verify?done=no-password',
  '/email/change/confirm?token=none',
  '/email/change/confirm?done',
  '/mail-sent?for=register',
  '/mail-sent?for=change',
  '/continue?cookie=session&return_to=/account',
  '/oauth/logout',
  '/problems/too-many-attempts',
  '/docs',
  '/no-such-page',
] as const

/** Those for people who are. */
export const SIGNED_IN_PAGES = [
  '/',
  '/login',
  '/reauthenticate',
  '/account',
  '/account?done=name-saved',
  '/account/api-keys',
  '/device',
  '/device?user_code=BCDF-GHJK',
  '/oauth/logout',
] as const

/** Those on which a person allows an app. Their form may end at the app. */
export const CONSENT_PAGES: readonly string[] = [
  AUTHORIZE.site,
  AUTHORIZE.thisDevice,
  AUTHORIZE.registeredItself,
]
