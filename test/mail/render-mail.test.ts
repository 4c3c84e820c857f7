import { describe, expect, it } from 'vitest'
import { TOKEN_LIFETIME_SECONDS } from '../../src/links/one-time-token'
import type { LinkMailKind, MailDetails, MailKind, QueuedMail } from '../../src/mail/mail'
import { createMailRenderer } from '../../src/mail/render-mail'
import { en, placeText } from '../../src/mail/texts/en'

const ISSUER = 'https://auth.example.com'
const TOKEN = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'
const KINDS = Object.keys(en.texts) as MailKind[]

const LINK_KINDS = ['verify-email', 'reset-password', 'sign-in-link', 'change-email'] as const
const NOTICE_KINDS = KINDS.filter((kind) => !LINK_KINDS.includes(kind as LinkMailKind))

function mailOf(kind: MailKind, given: Partial<QueuedMail> = {}): QueuedMail {
  return {
    id: 'mailmailmailmailmailma',
    kind,
    subjectId: null,
    recipient: 'ada@example.com',
    token: LINK_KINDS.includes(kind as LinkMailKind) ? TOKEN : null,
    details: { device: 'Firefox, Linux', country: 'NL' },
    queuedAt: Date.UTC(2026, 10, 23, 16, 29) / 1000,
    expiresAt: Date.UTC(2026, 10, 24, 16, 29) / 1000,
    ...given,
  }
}

interface Given extends Partial<QueuedMail> {
  readonly issuer?: string
  readonly brandName?: string
}

function render(kind: MailKind, { issuer = ISSUER, brandName = 'Analytical Engines', ...mail }: Given = {}) {
  return createMailRenderer({ issuer, brandName })(mailOf(kind, mail))
}

/** What a person reads of a page. */
function wordsOf(html: string): string {
  const body = html.slice(html.indexOf('<body'))
  const text = body.replace(/<[^>]*>/g, ' ')
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  }
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity)
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** Values of attributes, as a browser reads them. */
function hrefs(html: string): readonly string[] {
  return [...html.matchAll(/\bhref="([^"]*)"/g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
}

describe.each(KINDS)('a mail of kind %s', (kind) => {
  it('says the same in text and in HTML', () => {
    const { text, html } = render(kind)
    const label = en.texts[kind]({ brand: '', from: '', at: '' }).link
    const spoken = label === null ? text : text.replace(/^(.*):\nhttps:\S+$/m, '$1')
    expect(squeeze(wordsOf(html))).toBe(squeeze(spoken))
    expect(squeeze(text).length).toBeGreaterThan(80)
    expect(text).toMatch(/[^\n]\n$/)
    expect(text).not.toMatch(/\n{3}|undefined|null|\[object|NaN|!/)
  })

  it('goes to its recipient under its own id, with a subject that names the service', () => {
    const { id, to, subject } = render(kind)
    expect({ id, to }).toEqual({ id: 'mailmailmailmailmailma', to: 'ada@example.com' })
    expect(subject).toContain('Analytical Engines')
    expect(subject.length).toBeLessThan(78)
  })

  it('EML-04: has a subject of one line whatever the service is called, and its name is text in HTML, too', () => {
    const names = [
      '"><img src=x onerror=alert(1)>',
      "</title><script>alert('x')</script>",
      '&lt;b&gt; & <b>',
      '{{brand}} %s $& $1',
      'Ünïcødé 漢字 🦉',
    ]
    for (const brandName of names) {
      const { subject, text, html } = render(kind, { brandName })
      expect(subject).toMatch(/^.+$/)
      expect(`${subject}\n${text}`).toContain(brandName)
      expect(wordsOf(html)).toContain(brandName)
      expect(html).not.toMatch(/<(script|img|b)\b/)
      const plain = render(kind)
      const tags = (page: string) => page.match(/<\/?[a-z!][^\s>]*/g)
      expect(tags(html)).toEqual(tags(plain.html))
    }
  })

  it('fetches nothing from elsewhere and runs nothing', () => {
    const { html } = render(kind)
    expect(html).not.toMatch(/<(script|img|link|iframe|object|style|form)\b|\bsrc=|url\(|\son\w+=/i)
    for (const href of hrefs(html)) expect(href).toMatch(/^https:\/\/auth\.example\.com\//)
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toContain('charset="utf-8"')
  })

  it('says nothing of a device and a country that are not known', () => {
    for (const country of [null, 'XX', 'NL']) {
      const { text } = render(kind, { details: { device: null, country } })
      expect(text).not.toMatch(/undefined|null|XX/)
    }
  })
})

describe.each(LINK_KINDS)('the link of a mail of kind %s', (kind) => {
  it.each([ISSUER, 'https://example.com/auth', 'http://localhost:8787', 'https://example.com:8443/a/b-c'])(
    'EML-04: begins with the issuer %s, and is the same in text and in HTML',
    (issuer) => {
      const { text, html } = render(kind, { issuer })
      const [line, ...others] = text.split('\n').filter((each) => each.includes('token='))
      expect(others).toEqual([])
      const path = {
        'verify-email': '/email/verify',
        'reset-password': '/password/reset',
        'sign-in-link': '/login/link/confirm',
        'change-email': '/email/change/confirm',
      }[kind]
      expect(line).toBe(`${issuer}${path}?token=${TOKEN}`)
      expect(hrefs(html)).toEqual([line])
    },
  )

  it('EML-01: is said to be good as long as it is', () => {
    const purposes = {
      'verify-email': ['register', 'verify-email'],
      'reset-password': ['reset-password'],
      'sign-in-link': ['sign-in'],
      'change-email': ['change-email'],
    } as const
    const said = [...render(kind).text.matchAll(/good for (an|\d+) (hour|minute)s?/g)]
    expect(said).toHaveLength(1)
    const [, number, unit] = said[0] ?? []
    const seconds = (number === 'an' ? 1 : Number(number)) * (unit === 'hour' ? 3600 : 60)
    for (const purpose of purposes[kind]) expect(TOKEN_LIFETIME_SECONDS[purpose]).toBe(seconds)
  })
})

describe.each(NOTICE_KINDS)('a notice of kind %s', (kind) => {
  it('AUD-04: holds no link that opens anything, and no token even if there were one', () => {
    for (const token of [null, TOKEN]) {
      const { text, html } = render(kind, { token })
      expect(`${text}${html}`).not.toContain('token')
      expect(hrefs(html)).toEqual([])
    }
  })

  it('AUD-04: says what to do if it was somebody else', () => {
    expect(render(kind).text).toMatch(/If it was not you|If you have no explanation/)
  })
})

it.each(NOTICE_KINDS.filter((kind) => kind !== 'account-exists'))(
  'AUD-04: a notice of kind %s says from where it was done, and when',
  (kind) => {
    const { text } = render(kind)
    expect(text).toContain('from')
    expect(text).toContain('Firefox, Linux, Netherlands')
    expect(text).toMatch(/23 November 2026|November 23, 2026/)
    expect(text).toMatch(/16:29|4:29\sPM/)
    expect(text).toContain('UTC')
  },
)

it.each([
  [{ device: 'Firefox, Linux', country: 'DE' }, 'Firefox, Linux, Germany'],
  [{ device: null, country: 'DE' }, 'an unknown device, Germany'],
  [{ device: 'curl', country: null }, 'curl'],
  [{ device: null, country: null }, 'an unknown device'],
  // What Cloudflare says where it does not know.
  [{ device: 'curl', country: 'XX' }, 'curl'],
] satisfies [MailDetails, string][])('a place is said in words: %j', (details, words) => {
  expect(placeText(details, en)).toBe(words)
})
