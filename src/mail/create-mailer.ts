import { createCloudflareMailer } from './cloudflare-mailer'
import { createConsoleMailer } from './console-mailer'
import type { MailConfig } from './mail-config'
import type { Mailer } from './mailer'
import { createResendMailer } from './resend-mailer'

/** Creates the carrier that the configuration names, or `null` for none. */
export function createMailer(mail: MailConfig, { EMAIL }: { readonly EMAIL?: SendEmail }): Mailer | null {
  switch (mail.carrier) {
    case 'console':
      return createConsoleMailer((text) => console.log(text))
    case 'cloudflare':
      return EMAIL ? createCloudflareMailer(EMAIL, mail.sender) : null
    case 'resend':
      return createResendMailer(mail)
    // It is passed to createJanus.
    case 'smtp':
    case 'none':
      return null
  }
}
