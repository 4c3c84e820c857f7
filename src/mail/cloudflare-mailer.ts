import { CARRIER_PATIENCE_MS, type Mailer, MailNotTaken, MailRefused, type Sender } from './mailer'

/**
 * Codes of errors that no later attempt mends: this message, to this recipient, is not taken
 * (Cloudflare Email Service, "Error codes" of the Workers API). So is what is wrong with a header, `E_HEADER…` ("Email headers").
 */
const REFUSED = [
  'E_VALIDATION_ERROR',
  'E_FIELD_MISSING',
  'E_CONTENT_TOO_LARGE',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
]

/** Sends through Cloudflare's `send_email` binding. */
export function createCloudflareMailer(binding: SendEmail, { name, address }: Sender): Mailer {
  return {
    async send({ to, subject, headers, text, html }) {
      const late = scheduler.wait(CARRIER_PATIENCE_MS).then(() => {
        throw new MailNotTaken('NO_ANSWER')
      })
      try {
        const message = { from: { name, email: address }, to, subject, headers: { ...headers }, text, html }
        await Promise.race([binding.send(message), late])
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        throw REFUSED.includes(code) || code.startsWith('E_HEADER') ? new MailRefused(code) : error
      }
    },
  }
}
