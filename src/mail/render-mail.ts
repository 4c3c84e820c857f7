import { html } from 'hono/html'
import type { LinkMailKind, MailKind, QueuedMail } from './mail'
import type { Message } from './mailer'
import { en, placeText } from './texts/en'

/** Turns a mail of the outbox into what is sent. */
export type MailRenderer = (mail: QueuedMail) => Message

/** Where the link of a mail leads: pages that ask before they do anything, for programs follow links, too. */
const LINK_PATHS: Readonly<Record<LinkMailKind, string>> = {
  'verify-email': '/email/verify',
  'reset-password': '/password/reset',
  'sign-in-link': '/login/link/confirm',
  'change-email': '/email/change/confirm',
}

/**
 * Renders mails as plain text and as HTML of the same words. Links begin with the issuer, which is configuration: no header of any
 * request has a part in them.
 */
export function createMailRenderer({
  issuer,
  brandName,
}: {
  readonly issuer: string
  readonly brandName: string
}): MailRenderer {
  return ({ id, kind, recipient, token, details, queuedAt }) => {
    const { subject, before, link, after } = en.texts[kind]({
      brand: brandName,
      from: placeText(details, en),
      at: formatInstant(queuedAt, en.language),
    })
    const url = hasLink(kind) && token !== null ? `${issuer}${LINK_PATHS[kind]}?token=${token}` : null
    const closing = `${brandName} · ${issuer}`
    return {
      id,
      to: recipient,
      subject,
      text: `${[...before, ...(url === null ? [] : [`${link}:\n${url}`]), ...after, closing].join('\n\n')}\n`,
      html: String(html`<!doctype html>
<html lang="${en.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c1c28;background:#ffffff">
<div style="max-width:32em;margin:0 auto">
${before.map(paragraph)}${
  url === null
    ? ''
    : html`<p style="margin:24px 0"><a href="${url}" style="color:#1d4ed8;font-weight:600">${link}</a></p>
`
}${after.map(paragraph)}<p style="margin:24px 0 0;color:#5b5b6b;font-size:14px">${closing}</p>
</div>
</body>
</html>
`),
    }
  }
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
