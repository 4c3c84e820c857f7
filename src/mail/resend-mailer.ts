import * as v from 'valibot'
import { type Mailer, MailRefused, type Sender } from './mailer'

/** Longer than this is as good as down; the message is tried again later. */
const PATIENCE_MS = 10_000

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
    async send({ id, to, subject, text, html }) {
      const response = await fetch(`${url}/emails`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': id,
        },
        body: JSON.stringify({ from: `"${name}" <${address}>`, to: [to], subject, text, html }),
        signal: AbortSignal.timeout(PATIENCE_MS),
        // A redirect would carry the key elsewhere.
        redirect: 'error',
      })
      if (REFUSED.includes(response.status)) throw new MailRefused(`HTTP ${response.status}`)
      if (!response.ok) throw new Error(`HTTP ${response.status}`)
      // A proxy's page, say, is no sign that anything was sent.
      if (!v.is(Accepted, await response.json())) throw new Error('The answer is not what the API documents')
    },
  }
}
