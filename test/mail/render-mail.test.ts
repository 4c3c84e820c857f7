import { describe, expect, it } from 'vitest'
import { TOKEN_LIFETIME_SECONDS } from '../../src/links/one-time-token'
import type { LinkMailKind, MailDetails, MailKind, QueuedMail } from '../../src/mail/mail'
import { createMailRenderer, MAIL_TEXTS } from '../../src/mail/render-mail'
import { en } from '../../src/mail/texts/en'
import { placeText } from '../../src/mail/texts/mail-texts'
import { CATALOGUE } from '../../src/pages/catalogue'
import type { BuiltInLanguage } from '../../src/request-source/language'
import { INVITATION_SECONDS } from '../../src/storage/sql/invitation-statements'

const ISSUER = 'https://auth.example.com'
const TOKEN = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'
const KINDS = Object.keys(en.texts) as MailKind[]

/** Says for how long the link works. */
const EXPIRING_KINDS = [
  'verify-email',
  'invitation',
  'reset-password',
  'sign-in-link',
  'change-email',
] as const
/** Names the day. */
const RECOVERY_KINDS = ['second-factor-recovery', 'second-factor-recovery-soon'] as const
const LINK_KINDS = [...EXPIRING_KINDS, ...RECOVERY_KINDS] as const
const LANGUAGES = Object.keys(MAIL_TEXTS) as BuiltInLanguage[]
const NOTICE_KINDS = KINDS.filter((kind) => !LINK_KINDS.includes(kind as LinkMailKind))

function mailOf(kind: MailKind, given: Partial<QueuedMail> = {}): QueuedMail {
  return {
    id: 'mailmailmailmailmailma',
    kind,
    subjectId: null,
    recipient: 'ada@example.com',
    token: LINK_KINDS.includes(kind as LinkMailKind) ? TOKEN : null,
    code: '042042',
    details: { device: 'Firefox, Linux', country: 'NL', language: 'en' },
    queuedAt: Date.UTC(2026, 10, 23, 16, 29) / 1000,
    expiresAt: Date.UTC(2026, 10, 24, 16, 29) / 1000,
    ...given,
  }
}

interface Given extends Partial<QueuedMail> {
  readonly issuer?: string
  readonly appUrl?: string
  readonly brandName?: string
  readonly language?: BuiltInLanguage
}

function render(kind: MailKind, given: Given = {}) {
  const { issuer = ISSUER, appUrl = null, brandName = 'Analytical Engines', language = 'en', ...mail } = given
  const details = { device: 'Firefox, Linux', country: 'NL', ...mail.details, language }
  return createMailRenderer({ issuer, appUrl, brandName })(mailOf(kind, { ...mail, details }))
}

/** Returns the text that a person reads of a page. */
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

const EVERY = KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const))

describe.each(EVERY)('a mail of kind %s in %s', (kind, language) => {
  it('goes to the domain as DNS has it', () => {
    expect(render(kind, { language, recipient: 'User@münchen.de' }).to).toBe('User@xn--mnchen-3ya.de')
  })

  it('says the same in text and in HTML', () => {
    const { text, html } = render(kind, { language })
    const label = MAIL_TEXTS[language].texts[kind]({ brand: '', from: '', at: '', until: '' }).link
    const spoken = label === null ? text : text.replace(/^(.*):\nhttps:\S+$/m, '$1')
    expect(squeeze(wordsOf(html))).toBe(squeeze(spoken))
    expect(squeeze(text).length).toBeGreaterThan(80)
    expect(text).toMatch(/[^\n]\n$/)
    expect(text).not.toMatch(/\n{3}|undefined|null|\[object|NaN|!/)
  })

  it('goes to its recipient under its own id, with a subject that names the service', () => {
    const { id, to, subject, text } = render(kind, { language })
    expect({ id, to }).toEqual({ id: 'mailmailmailmailmailma', to: 'ada@example.com' })
    expect(subject).toContain('Analytical Engines')
    expect(subject.length).toBeLessThan(78)
    expect(text).toMatch(/^Analytical Engines\n/)
    expect(text).toMatch(/\nAnalytical Engines · https:\/\/auth\.example\.com\n[^\n]* ada@example\.com\n$/)
    expect(render(kind, { language, appUrl: 'https://app.example.com/' }).text).toContain(
      '\nAnalytical Engines · https://app.example.com/\n',
    )
  })

  it('is marked as automatic, and begins a thread of its own', () => {
    const { headers } = render(kind, { language })
    expect(headers).toEqual({
      'Auto-Submitted': 'auto-generated',
      References: '<mailmailmailmailmailma@auth.example.com>',
      'X-Entity-Ref-ID': 'mailmailmailmailmailma',
    })
    const next = render(kind, { language, id: 'nextnextnextnextnextne' }).headers
    expect(next.References).not.toBe(headers.References)
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x21-\x7e]+$/)
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
      const { subject, text, html } = render(kind, { brandName, language })
      expect(subject).toMatch(/^.+$/)
      expect(`${subject}\n${text}`).toContain(brandName)
      expect(wordsOf(html)).toContain(brandName)
      expect(html).not.toMatch(/<(script|img|b)\b/)
      const plain = render(kind, { language })
      const tags = (page: string) => page.match(/<\/?[a-z!][^\s>]*/g)
      expect(tags(html)).toEqual(tags(plain.html))
    }
  })

  it('fetches nothing from elsewhere and runs nothing', () => {
    const { html } = render(kind, { language })
    expect(html).not.toMatch(/<(script|img|link|iframe|object|style|form)\b|\bsrc=|url\(|\son\w+=/i)
    for (const href of hrefs(html)) expect(href).toMatch(/^https:\/\/auth\.example\.com\//)
    expect(html.startsWith(`<!doctype html>\n<html lang="${language}">`)).toBe(true)
    expect(html).toContain('charset="utf-8"')
  })

  it('says nothing of a device and a country that are not known', () => {
    for (const country of [null, 'XX', 'NL']) {
      const { text } = render(kind, { details: { device: null, country, language } })
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
        invitation: '/email/verify',
        'reset-password': '/password/reset',
        'sign-in-link': '/login/link/confirm',
        'change-email': '/email/change/confirm',
        'second-factor-recovery': '/login/second-factor/recovery/cancel',
        'second-factor-recovery-soon': '/login/second-factor/recovery/cancel',
      }[kind]
      expect(line).toBe(`${issuer}${path}?token=${TOKEN}`)
      expect(hrefs(html)).toEqual([line])
    },
  )

  it.each(LANGUAGES)('in %s, its button is called what the page it leads to calls it', (language) => {
    const page = CATALOGUE[language]
    const called = {
      'verify-email': page.verifyEmail.submit,
      invitation: page.verifyEmail.submit,
      'reset-password': page.resetPassword.title,
      'sign-in-link': page.confirmSignIn.submit,
      'change-email': page.confirmEmailChange.submit,
      'second-factor-recovery': page.factorRecovery.cancel,
      'second-factor-recovery-soon': page.factorRecovery.cancel,
    }[kind]
    const { text, html } = render(kind, { language })
    expect(text).toContain(`\n${called}:\nhttps://`)
    expect(/<a [^>]*>([^<]*)<\/a>/.exec(html)?.[1]).toBe(called)
  })
})

describe.each(RECOVERY_KINDS)('the link of a mail of kind %s', (kind) => {
  it('is said to be of use until the recovery takes effect', () => {
    const until = { en: 'November 24, 2026', de: '24. November 2026', es: '24 de noviembre de 2026' }
    for (const language of LANGUAGES) expect(render(kind, { language }).text).toContain(until[language])
  })
})

describe.each(EXPIRING_KINDS)('the link of a mail of kind %s', (kind) => {
  it.each(LANGUAGES)('EML-01: in %s, is said to expire when it does', (language) => {
    const { register, ...others } = TOKEN_LIFETIME_SECONDS
    const lifetimes = {
      'verify-email': [register, others['verify-email']],
      invitation: [INVITATION_SECONDS],
      'reset-password': [others['reset-password']],
      'sign-in-link': [others['sign-in']],
      'change-email': [others['change-email']],
    } as const
    const expires = {
      en: /\bexpires in (\d+) (day|hour|minute)s?\b/g,
      de: /\bgilt (\d+) (Tag|Stunde|Minute)e?n?\b/g,
      es: /\bcaduca en (\d+) (día|hora|minuto)s?\b/g,
    }[language]
    const said = [...render(kind, { language }).text.matchAll(expires)]
    expect(said).toHaveLength(1)
    const [, number, unit] = said[0] ?? []
    const unitSeconds = /^(day|Tag|día)$/.test(unit ?? '')
      ? 86_400
      : /^(hour|Stunde|hora)$/.test(unit ?? '')
        ? 3600
        : 60
    for (const lifetime of lifetimes[kind]) expect(lifetime).toBe(Number(number) * unitSeconds)
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

  it('AUD-04: says what to do if it was somebody else, with the names of the pages', () => {
    const elsewhere = { en: "If it wasn't you", de: 'Wenn Sie das nicht waren', es: 'Si no ha sido usted' }
    for (const language of LANGUAGES) {
      const { text } = render(kind, { language })
      expect(text).toContain(elsewhere[language])
      for (const [, name] of text.matchAll(/["„«]([^"“»]+)["“»]/g)) {
        expect(name).toBe(CATALOGUE[language].login.forgot)
      }
    }
  })
})

// The last is sent days after it was asked for, or by an operator.
it.each(NOTICE_KINDS.filter((kind) => !['account-exists', 'second-factor-recovered'].includes(kind)))(
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

it('a mail says where and when in the words of its language', () => {
  const told = LANGUAGES.map((language) => render('new-sign-in', { language }).text)
  expect(told[0]).toContain('Firefox, Linux, Netherlands, on November 23, 2026')
  expect(told[1]).toContain('Firefox, Linux, Niederlande, 23. November 2026')
  expect(told[2]).toContain('Firefox, Linux, Países Bajos, 23 de noviembre de 2026')
})

it.each(LANGUAGES)('the mails in %s have the paragraphs of the English ones, in other words', (language) => {
  const facts = { brand: 'B', from: 'F', at: 'A', until: 'U' }
  for (const kind of KINDS) {
    const [own, english] = [MAIL_TEXTS[language].texts[kind](facts), en.texts[kind](facts)]
    const shape = ({ before, link, after }: typeof own) => [before.length, link === null, after.length]
    expect(shape(own), kind).toEqual(shape(english))
    if (language !== 'en') expect(own.subject, kind).not.toBe(english.subject)
    const all = JSON.stringify(own)
    for (const fact of ['B', 'F', 'A'].filter((each) =>
      new RegExp(`\\b${each}\\b`).test(JSON.stringify(english)),
    )) {
      expect(all, kind).toMatch(new RegExp(`\\b${fact}\\b`))
    }
  }
})

it.each([
  [{ device: 'Firefox, Linux', country: 'DE' }, 'Firefox, Linux, Germany'],
  [{ device: null, country: 'DE' }, 'an unknown device, Germany'],
  [{ device: 'curl', country: null }, 'curl'],
  [{ device: null, country: null }, 'an unknown device'],
  // What Cloudflare says where it does not know.
  [{ device: 'curl', country: 'XX' }, 'curl'],
] satisfies [Pick<MailDetails, 'device' | 'country'>, string][])(
  'a place is said in words: %j',
  (details, words) => {
    expect(placeText(details, 'en', en.unknownDevice)).toBe(words)
  },
)
