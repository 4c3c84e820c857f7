import { html, raw } from 'hono/html'
import { ownPageUrl } from '../http/own-page-url'
import { deliveryAddress } from '../identity/email-address'
import { createCatalogue, type OwnCatalogue, textsOf } from '../request-source/catalogue'
import type { BuiltInLanguage, Language } from '../request-source/language'
import { LINK_PATHS } from './link-paths'
import type { LinkMailKind, MailKind, QueuedMail } from './mail'
import type { Message } from './mailer'
import { de } from './texts/de'
import { en } from './texts/en'
import { es } from './texts/es'
import { type MailTexts, placeText } from './texts/mail-texts'

/** Turns a mail of the outbox into what is sent. */
export type MailRenderer = (mail: QueuedMail) => Message

/** The words of mails in each language that Janus has. */
export const MAIL_TEXTS: Readonly<Record<BuiltInLanguage, MailTexts>> = { en, de, es }

/** Holds the mail texts of an app. */
export interface OwnMailTexts {
  readonly texts?: OwnCatalogue<MailTexts>
  /** Languages that are written from right to left. */
  readonly rightToLeft?: readonly Language[]
}

interface MailSite {
  readonly issuer: string
  readonly appUrl: string | null
  readonly brandName: string
  readonly brandAccent?: { readonly light: string } | null
  /** The pages of the app in place of those of Janus, by the path of those. */
  readonly ownPages?: ReadonlyMap<string, string>
}

/**
 * Renders mails as plain text and as HTML of the same words. Links begin with the issuer, which is configuration: no header of any
 * request has a part in them.
 */
export function createMailRenderer(
  { issuer, appUrl, brandName, brandAccent = null, ownPages = new Map() }: MailSite,
  { texts: own, rightToLeft = [] }: OwnMailTexts = {},
): MailRenderer {
  const catalogue = createCatalogue(MAIL_TEXTS, own)
  const button = buttonStyle(brandAccent?.light ?? '#1d4ed8')
  return ({ id, kind, recipient, token, code, details, queuedAt, expiresAt }) => {
    // An app may have left out a language since the mail was queued.
    const language = catalogue.has(details.language) ? details.language : 'en'
    const direction = rightToLeft.includes(language) ? raw(' dir="rtl"') : ''
    const { texts, unknownDevice, sentTo } = textsOf(catalogue, language)
    const {
      subject,
      before,
      link,
      code: codeIntro,
      after,
    } = texts[kind]({
      brand: brandName,
      from: placeText(details, language, unknownDevice),
      at: formatInstant(queuedAt, language),
      until: formatInstant(expiresAt, language),
    })
    const url = hasLink(kind) && token !== null ? linkUrl(LINK_PATHS[kind], token) : null
    const typed = codeIntro !== undefined && code !== null ? code : null
    const closing = `${brandName} · ${appUrl ?? issuer}`
    const sent = sentTo(recipient)
    const parts = [
      brandName,
      ...before,
      ...(url === null ? [] : [`${link}:\n${url}`]),
      ...(typed === null ? [] : [`${codeIntro}:\n${typed}`]),
      ...after,
      `${closing}\n${sent}`,
    ]
    return {
      id,
      to: deliveryAddress(recipient),
      subject,
      headers: headersOf(id, issuer),
      text: `${parts.join('\n\n')}\n`,
      html: String(html`<!doctype html>
<html lang="${language}"${direction}>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c1c28;background:#ffffff">
<div style="max-width:32em;margin:0 auto">
<p style="margin:0 0 24px;font-size:18px;font-weight:700">${brandName}</p>
${before.map(paragraph)}${
  url === null
    ? ''
    : html`<p style="margin:24px 0"><a href="${url}" style="${button}">${link}</a></p>
`
}${
  typed === null
    ? ''
    : html`<p style="margin:0 0 16px">${codeIntro}:<br>
<strong style="${CODE}">${typed}</strong></p>
`
}${after.map(paragraph)}<p style="margin:24px 0 0;color:#5b5b6b;font-size:14px">${closing}<br>
${sent}</p>
</div>
</body>
</html>
`),
    }
  }

  function linkUrl(path: string, token: string): string {
    const page = ownPages.get(path)
    return page === undefined ? `${issuer}${path}?token=${token}` : ownPageUrl(page, { token })
  }
}

/** Returns the style of the main button of a page, 48 pixels high, for thumbs. */
function buttonStyle(accent: string): string {
  return `display:inline-block;padding:12px 24px;border-radius:8px;background:${accent};color:#ffffff;font-weight:600;text-decoration:none`
}

/** Six digits that can be read across a room, and copied without a blank. */
const CODE = 'font:700 28px/1.5 ui-monospace,monospace;letter-spacing:4px'

/**
 * Keeps automatic replies away (RFC 3834 §5), and each mail in a thread of its own: one that refers to nothing else is joined
 * to no other, though their subjects are the same. Gmail asks for the third. Both carriers take all of them.
 */
function headersOf(id: string, issuer: string): Message['headers'] {
  const reference = `<${id}@${new URL(issuer).hostname}>`
  return { 'Auto-Submitted': 'auto-generated', References: reference, 'X-Entity-Ref-ID': id }
}

function paragraph(text: string) {
  return html`<p style="margin:0 0 16px">${text}</p>
`
}

function hasLink(kind: MailKind): kind is LinkMailKind {
  return Object.hasOwn(LINK_PATHS, kind)
}

function formatInstant(at: number, language: string): string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return `${format.format(at * 1000)} UTC`
}
