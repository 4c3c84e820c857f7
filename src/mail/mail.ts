import type { Language } from '../request-source/language'

/** Names each mail that Janus sends. Texts: texts/en.ts and its neighbours. */
export type MailKind = LinkMailKind | NoticeKind

/** Mails whose link does something, once. */
export type LinkMailKind =
  | 'verify-email'
  | 'invitation'
  | 'reset-password'
  | 'sign-in-link'
  | 'change-email'
  | RecoveryMailKind

/** Mails whose link cancels the recovery of second factors: at its start, and when half of its delay is over. */
export type RecoveryMailKind = 'second-factor-recovery' | 'second-factor-recovery-soon'

/** Mails that tell of something. They hold no link that opens anything. */
export type NoticeKind =
  | 'account-exists'
  | 'new-sign-in'
  | 'password-changed'
  | 'password-removed'
  | 'email-change-requested'
  | 'email-changed'
  | 'passkey-added'
  | 'api-key-created'
  | 'passkey-removed'
  | 'identity-linked'
  | 'identity-unlinked'
  | 'refresh-token-reused'
  | 'second-factor-set'
  | 'second-factor-removed'
  | 'second-factor-recovered'
  | 'recovery-codes-renewed'
  | 'recovery-code-used'
  | 'second-factor-attempts'

/** Says where the thing that a mail is about came from, and in which language to write. */
export interface MailDetails {
  /** As in `Firefox, Linux` (see device.ts); `null` if it is not known. */
  readonly device: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  /** That of the request which caused the mail. */
  readonly language: Language
}

/** A mail in the outbox. */
export interface QueuedMail {
  readonly id: string
  readonly kind: MailKind
  /** Names the account that the mail concerns; `null` if there is none. */
  readonly subjectId: string | null
  readonly recipient: string
  /** The token of its link; `null` for a notice. */
  readonly token: string | null
  /** Can be typed instead of opening the link; `null` if there is no code. */
  readonly code: string | null
  readonly details: MailDetails
  readonly queuedAt: number
  /** Later than that it is of no use. */
  readonly expiresAt: number
}

/** A notice that could not be delivered for so long is old news. */
export const NOTICE_LIFETIME_SECONDS = 24 * 60 * 60
