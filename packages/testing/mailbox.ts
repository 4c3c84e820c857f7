import type { Mailer, Message } from '../janus/index.ts'

/** A mailer for `createJanus(env, { createMail, mailer })` that keeps what it is given. */
export interface Mailbox extends Mailer {
  /** Every message, the oldest first. */
  readonly messages: readonly Message[]
  /** Returns the newest message to an address. @throws {Error} If there is none. */
  newest(to: string): Message
  /** Returns the link in the newest message to an address. @throws {Error} If there is none. */
  link(to: string): URL
  /** Returns the token of that link, for `POST /email/verify` and the like. @throws {Error} If there is none. */
  token(to: string): string
  /** Returns the six digits in the newest message to an address. @throws {Error} If there are none. */
  code(to: string): string
}

/** Creates an empty mailbox. */
export function createMailbox(): Mailbox {
  const messages: Message[] = []

  function newest(to: string): Message {
    const message = messages.findLast((one) => one.to === to)
    if (message) return message
    const others = [...new Set(messages.map((one) => one.to))].join(', ') || 'nobody'
    throw new Error(`No mail to ${to}; there is mail to ${others}`)
  }

  function find(to: string, pattern: RegExp, what: string): string {
    const { subject, text } = newest(to)
    const [, found] = pattern.exec(text) ?? []
    if (found === undefined) throw new Error(`No ${what} in the mail "${subject}" to ${to}`)
    return found
  }

  const link = (to: string) => new URL(find(to, /(https?:\/\/\S+\?token=\S+)/, 'link'))
  return {
    messages,
    async send(message) {
      messages.push(message)
    },
    newest,
    link,
    token: (to) => link(to).searchParams.get('token') ?? '',
    code: (to) => find(to, /^(\d{6})$/m, 'code'),
  }
}
