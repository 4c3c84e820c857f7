/** A mail, ready to be sent. Addresses and texts hold no line break but where text has lines. */
export interface Message {
  /** Names the message: a carrier that has sent it before need not send it again. */
  readonly id: string
  readonly to: string
  readonly subject: string
  /** More headers, by name. Message-ID is not among them: carriers make their own. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly html: string
}

/** Carries mail. */
export interface Mailer {
  /**
   * Hands a message over.
   *
   * @throws {MailRefused} If the carrier will never take this message.
   * @throws {MailNotTaken} Or whatever else, if something keeps it from taking it now.
   */
  send(message: Message): Promise<void>
}

/** The carrier has refused a message for good; the code says why. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'

  constructor(readonly code: string) {
    super(`Refused by the carrier: ${code}`)
  }
}

/** The carrier has not taken a message this time; the code says why. */
export class MailNotTaken extends Error {
  override readonly name = 'MailNotTaken'

  constructor(readonly code: string) {
    super(`Not taken by the carrier: ${code}`)
  }
}

/** Longer than this is as good as down; the message is tried again later. */
export const CARRIER_PATIENCE_MS = 10_000

/** Whom mail comes from. */
export interface Sender {
  readonly name: string
  readonly address: string
}
