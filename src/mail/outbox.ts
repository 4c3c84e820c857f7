import type { QueuedMail } from './mail'

/**
 * Mail that has not gone out yet. It gets there in the transaction of what it is about (src/storage/sql/mail-queue.ts), so neither is without
 * the other. Every method throws {@link StoreUnavailable} when the store cannot be reached.
 */
export interface Outbox {
  /** Ids of mail that is due, oldest first. */
  findDue(now: number, limit: number): Promise<readonly string[]>
  /**
   * Takes one mail that is due, to try it: for some time it is due to nobody else, and longer after each attempt. `null` if
   * it is not due or not there; `unreadable` in place of its token if no configured secret decrypts it.
   */
  claim(id: string, now: number): Promise<ClaimedMail | null>
  /**
   * Mints the token of an invitation, which expires with its mail. `null` if there is nobody to invite any more: the account is gone, disabled,
   * or has a proven address. Each try at sending mints another; using one ends the others.
   */
  mintInvitation(mail: Pick<QueuedMail, 'subjectId' | 'expiresAt'>): Promise<string | null>
  /** Forgets a mail that has gone out. */
  delete(id: string): Promise<void>
  /** Gives a mail up, and records that and why. */
  bury(mail: Pick<QueuedMail, 'id' | 'subjectId'>, reason: string, now: number): Promise<void>
}

export type ClaimedMail =
  | { readonly outcome: 'claimed'; readonly mail: QueuedMail }
  | { readonly outcome: 'unreadable'; readonly mail: Omit<QueuedMail, 'token' | 'code'> }
