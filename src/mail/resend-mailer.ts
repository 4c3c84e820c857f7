import * as v from 'valibot'
import { CARRIER_PATIENCE_MS, type Mailer, MailNotTaken, MailRefused, type Sender } from './mailer'

/** The request is wrong in itself. Everything else, a wrong key included, may be mended while the message waits. */
const REFUSED = [400, 413, 422]

const Accepted = v.object({ id: v.string() })

/**
 * Sends through Resend's API, `POST /emails`. A message that is handed over twice is sent once: its id is the
 * `Idempotency-Key`.
 */
export function createResendMailer({
  apiKey,
  url,
  sender: { name, address },
}: {
  readonly apiKey: string
  readonly url: string
  readonly sender: Sender
}): Mailer {
  return {
    async send({ id, to, subject, headers, text, html }) {
      const response = await fetch(`${url}/emails`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': id,
        },
        body: JSON.stringify({ from: `"${name}" <${address}>`, to: [to], subject, headers, text, html }),
        signal: AbortSignal.timeout(CARRIER_PATIENCE_MS),
        // To follow would carry the key elsewhere. (workerd knows no 'error'.)
        redirect: 'manual',
      })
      if (!response.ok) {
        await response.body?.cancel()
        const code = `HTTP ${response.status}`
        throw REFUSED.includes(response.status) ? new MailRefused(code) : new MailNotTaken(code)
      }
      // A proxy's page, say, is no sign that anything was sent.
      const answer: unknown = await response.json().catch(() => null)
      if (!v.is(Accepted, answer)) throw new MailNotTaken('UNEXPECTED_ANSWER')
    },
  }
}
