import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { JanusOptions } from '../../src/janus'
import type { Mailer, Message } from '../../src/mail/mailer'
import { ALL_PARTS, type OwnService, ownService } from './service'

/** A service that mails, and what it has mailed. */
export interface MailingService extends OwnService {
  /** Oldest first. */
  readonly mail: readonly Message[]
  /** The mail to an address, oldest first. */
  mailTo(email: string): readonly Message[]
  /** Sends what waits for an address, whatever others have left in the outbox. */
  sweepMailTo(email: string): Promise<void>
  /** The token in the link of the newest mail to an address. */
  tokenFor(email: string): string
  /** The code in the newest mail to an address. */
  codeFor(email: string): string
  /** Sets how the carrier fails from now on; `null`: it takes mail again. */
  carrierFails: (() => Promise<void>) | null
  /** Sets whether the app's handler of events throws. */
  eventsFail: boolean
}

/** Makes one, on the test's own D1 and KV. */
export function mailingService(
  overrides: Partial<Record<string, unknown>> = {},
  parts: Parameters<typeof ownService>[2] = ALL_PARTS,
  given: Pick<JanusOptions, 'onEvent' | 'texts' | 'styles'> = {},
): MailingService {
  const mail: Message[] = []
  const mailer: Mailer = {
    async send(message) {
      if (service.carrierFails) await service.carrierFails()
      mail.push(message)
    },
  }
  const settings = { MAILER: 'cloudflare', MAIL_FROM: 'Janus <janus@example.com>', ...overrides }
  const service: MailingService = Object.assign(ownService(settings, { mailer, ...given }, parts), {
    mail,
    carrierFails: null,
    eventsFail: false,
    mailTo: (email: string) => mail.filter(({ to }) => to === email),
    async sweepMailTo(email: string) {
      // The sweep takes the oldest first, and only so many.
      await env.DB.prepare('UPDATE outbox SET due_at = 0 WHERE recipient = ?1').bind(email).run()
      await service.sweep()
    },
    tokenFor(email: string) {
      const text = service.mailTo(email).at(-1)?.text ?? ''
      const [, token] = /\?token=([\w-]{43})$/m.exec(text) ?? []
      expect(token, `a link in: ${text}`).toBeDefined()
      return token ?? ''
    },
    codeFor(email: string) {
      const text = service.mailTo(email).at(-1)?.text ?? ''
      const [code] = /^\d{6}$/m.exec(text) ?? []
      expect(code, `a code in: ${text}`).toBeDefined()
      return code ?? ''
    },
  })
  return service
}
