import type { MailConfig } from '../mail/mail-config'

/** Who may register: everybody at once, everybody who proves the address first, or nobody. */
export type RegistrationPolicy = 'open' | 'verified' | 'closed'

/** Whether an account whose address nobody has proven may be signed in to with its password. */
export type EmailVerification = 'required' | 'optional'

interface Policies {
  readonly registration: RegistrationPolicy | null
  readonly mail: MailConfig | null
}

/**
 * Returns what applies unless `EMAIL_VERIFICATION` says otherwise: `required` wherever addresses can be proven and people are not signed in
 * before. So closing a registration that was `verified` lets nobody in who was not let in before.
 */
export function defaultEmailVerification({ registration, mail }: Policies): EmailVerification {
  return registration !== 'open' && mail !== null && mail.carrier !== 'none' ? 'required' : 'optional'
}

/** Returns why the settings contradict each other, or `null` if they do not. */
export function checkEmailVerification(
  verification: EmailVerification | null,
  { registration, mail }: Policies,
): string | null {
  if (verification !== 'required') return null
  if (mail?.carrier === 'none')
    return 'EMAIL_VERIFICATION cannot be required while MAILER is none: addresses are verified by mail'
  return registration === 'open'
    ? 'EMAIL_VERIFICATION cannot be required while REGISTRATION is open, which signs people in at once: set REGISTRATION to verified'
    : null
}
