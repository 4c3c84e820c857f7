import { parseEmailAddress } from '../accounts/email-address'
import type { Sender } from './mailer'

/** By whom mail is carried, and what that one needs. */
export type MailConfig =
  | { readonly carrier: 'none' }
  | { readonly carrier: 'console' }
  | { readonly carrier: 'cloudflare'; readonly sender: Sender }
  | { readonly carrier: 'resend'; readonly sender: Sender; readonly apiKey: string; readonly url: string }

/** Reads `Name <address>` or an address alone, or gives `null`. */
export function parseSender(text: string, defaultName: string): Sender | null {
  const [, name = '', address = text] = /^(?:"?([^"<>\\\p{Cc}]{1,64}?)"? )?<?([^<>\s]+)>?$/u.exec(text) ?? []
  const parsed = parseEmailAddress(address)
  return parsed && { name: name || defaultName, address: parsed.address }
}
