import { deliveryAddress, parseEmailAddress } from '../identity/email-address'
import { checkVisibleText } from '../identity/visible-text'
import type { Sender } from './mailer'

/** By whom mail is carried, and what that one needs. */
export type MailConfig =
  | { readonly carrier: 'none' }
  | { readonly carrier: 'console' }
  | { readonly carrier: 'cloudflare'; readonly sender: Sender }
  /** Takes a mailer from `janus serve` or the app, which has the server. */
  | { readonly carrier: 'smtp'; readonly sender: Sender }
  | { readonly carrier: 'resend'; readonly sender: Sender; readonly apiKey: string; readonly url: string }

/** A name in one line, alone or in quotes, without what would end it in a header. */
const NAME = String.raw`[^"<>\\@\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,64}`
const SENDER = new RegExp(`^(?:(?:(?:"(${NAME})"|(${NAME})) )?<([^<>\\s]+)>|([^<>\\s]+))$`, 'u')

/** Reads `Name <address>` or an address alone, or gives `null`. */
export function parseSender(text: string, defaultName: string): Sender | null {
  const [, quoted, plain, bracketed, bare] = SENDER.exec(text) ?? []
  const parsed = parseEmailAddress(bracketed ?? bare ?? '')
  const name = quoted ?? plain ?? defaultName
  return parsed && checkVisibleText(name) === null ? { name, address: deliveryAddress(parsed.address) } : null
}
