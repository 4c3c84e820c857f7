// Here, because rooms that src/mail is built on make changes which queue mail.

/** Describes the return value of a change that may queue mail. The caller gives the ids to {@link SendMail}. */
export interface WithMail {
  /** Ids of the mail that was queued with the change; none if it concerns nobody, or no mail is sent. */
  readonly mailIds: readonly string[]
}

/** Sends mail that was queued, behind the response, which never waits for it. */
export type SendMail = (mailIds: readonly string[]) => void
