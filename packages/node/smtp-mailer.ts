import type { Transporter } from 'nodemailer'
import {
  CARRIER_PATIENCE_MS,
  type Mailer,
  MailNotTaken,
  MailRefused,
  type Sender,
} from '../../src/mail/mailer'
import type { SmtpServer } from './settings'

/** The commands to which a 5xx answer means this message, and not the connection or the sender (RFC 5321 §4.2.1). */
const OF_THE_MESSAGE = ['RCPT TO', 'DATA']

/** Returns how nodemailer reaches a server. */
export function transportOptions(server: SmtpServer, issuerHost: string) {
  return {
    host: server.hostname,
    port: server.port,
    secure: server.tls,
    // guard: mail does not cross a public network in clear
    requireTLS: !server.tls && !server.inClear,
    // In a private network a certificate may be signed by nobody, and mail goes there in clear as well.
    ...(server.inClear && !server.tls ? { tls: { rejectUnauthorized: false } } : {}),
    ...(server.user ? { auth: { user: server.user.name, pass: server.user.password } } : {}),
    name: issuerHost,
    connectionTimeout: CARRIER_PATIENCE_MS,
    greetingTimeout: CARRIER_PATIENCE_MS,
    socketTimeout: CARRIER_PATIENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

/**
 * Sends through an SMTP server. The Message-ID is made of the id of the message: where one is sent twice, because an answer was lost, a
 * reader's program can tell.
 *
 * @param issuerHost What Janus calls itself to the server.
 * @throws If nodemailer is not installed.
 */
export async function createSmtpMailer(
  server: SmtpServer,
  { name, address }: Sender,
  issuerHost: string,
): Promise<Mailer> {
  const { createTransport } = await import('nodemailer')
  const transport: Transporter = createTransport(transportOptions(server, issuerHost))
  return {
    async send({ id, to, subject, headers, text, html }) {
      const envelope = { from: address, to: [to] }
      const messageId = `<${id}@${issuerHost}>`
      try {
        // As objects, so that nothing in an address or a name is read as a list of addresses.
        await transport.sendMail({
          from: { name, address },
          to: { name: '', address: to },
          envelope,
          messageId,
          subject,
          headers: { ...headers },
          text,
          html,
        })
      } catch (error) {
        throw toMailError(error)
      }
    },
  }
}

function toMailError(error: unknown): Error {
  const { responseCode, command, code } = error as {
    readonly responseCode?: unknown
    readonly command?: unknown
    readonly code?: unknown
  }
  if (typeof responseCode !== 'number') return new MailNotTaken(typeof code === 'string' ? code : 'SMTP')
  const isOfTheMessage = responseCode >= 500 && OF_THE_MESSAGE.includes(String(command))
  return new (isOfTheMessage ? MailRefused : MailNotTaken)(`SMTP ${responseCode}`)
}
