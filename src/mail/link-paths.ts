import type { LinkMailKind } from './mail'

// One by one, because a bundler leaves out a page that uses a name, and keeps one that reads a member of an object.
export const VERIFY_EMAIL_PATH = '/email/verify'
export const RESET_PASSWORD_PATH = '/password/reset'
export const CONFIRM_SIGN_IN_PATH = '/login/link/confirm'
export const CONFIRM_EMAIL_CHANGE_PATH = '/email/change/confirm'
export const CANCEL_RECOVERY_PATH = '/login/second-factor/recovery/cancel'

/** Maps the link of each mail to its page, which asks before it does anything, because programs follow links, too. */
export const LINK_PATHS: Readonly<Record<LinkMailKind, string>> = {
  'verify-email': VERIFY_EMAIL_PATH,
  invitation: VERIFY_EMAIL_PATH,
  'reset-password': RESET_PASSWORD_PATH,
  'sign-in-link': CONFIRM_SIGN_IN_PATH,
  'change-email': CONFIRM_EMAIL_CHANGE_PATH,
  'second-factor-recovery': CANCEL_RECOVERY_PATH,
  'second-factor-recovery-soon': CANCEL_RECOVERY_PATH,
}
