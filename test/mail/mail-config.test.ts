import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createJanus } from '../../src/janus'
import { parseSender } from '../../src/mail/mail-config'
import { configOf, faultsOf, MINIMAL } from '../support/minimal-config'

const CLOUDFLARE = { MAILER: 'cloudflare', MAIL_FROM: 'janus@example.com', EMAIL: env.EMAIL }
const RESEND = { MAILER: 'resend', MAIL_FROM: 'janus@example.com', RESEND_API_KEY: 're_key' }

/** Asserts one fault, of a setting, that begins with its name and says nothing of its value. */
function expectFault(settings: Record<string, unknown>, setting: string): string {
  const [fault, ...others] = faultsOf(settings)
  expect([fault?.setting, others], JSON.stringify(settings)).toEqual([setting, []])
  expect(fault?.message).toMatch(new RegExp(`^${setting} \\w{2,} .`))
  return fault?.message ?? ''
}

const sender = { name: 'auth.example.com', address: 'janus@example.com' }

describe('MAILER', () => {
  it.each([
    [{}, { carrier: 'none' }],
    [{ MAILER: 'none' }, { carrier: 'none' }],
    [CLOUDFLARE, { carrier: 'cloudflare', sender }],
    [RESEND, { carrier: 'resend', sender, apiKey: 're_key', url: 'https://api.resend.com' }],
    [{ ISSUER: 'http://localhost:8787', MAILER: 'console' }, { carrier: 'console' }],
  ])('is read with what the carrier needs, and with no more: %j', (settings, mail) => {
    expect(configOf(settings).mail).toEqual(mail)
  })

  it.each(['Console', 'sendmail', ' none', 'none,', 'constructor', '__proto__', 'toString'])(
    'KEY-05: refuses %o',
    (MAILER) => {
      const message = expectFault({ MAILER }, 'MAILER')
      for (const word of ['none', 'console', 'cloudflare', 'resend', 'smtp']) expect(message).toContain(word)
    },
  )

  it.each(['', true, {}, []])('KEY-05: refuses %j', (MAILER) => {
    expectFault({ MAILER }, 'MAILER')
  })

  it.each([
    'https://auth.example.com',
    'https://localhost.example.com',
    'https://127.0.0.1.example.com',
    'https://10.0.0.1',
    'https://192.168.1.7',
    'https://[::2]',
  ])('KEY-05: is not the console where others could read it: %s', (ISSUER) => {
    expect(expectFault({ ISSUER, MAILER: 'console' }, 'MAILER')).not.toContain('example')
  })

  it.each(['http://localhost:8787', 'http://127.0.0.1', 'http://[::1]:1', 'https://localhost/auth'])(
    'is the console on this machine: %s',
    (ISSUER) => {
      expect(configOf({ ISSUER, MAILER: 'console' }).mail).toEqual({ carrier: 'console' })
    },
  )

  it('asks nothing of settings that the carrier does not use', () => {
    const others = { MAIL_FROM: 'no address', RESEND_API_KEY: 'no key', RESEND_URL: 'no url', EMAIL: null }
    expect(configOf({ ...others, MAILER: 'none' }).mail).toEqual({ carrier: 'none' })
    const { RESEND_API_KEY, RESEND_URL } = others
    expect(configOf({ ...CLOUDFLARE, RESEND_API_KEY, RESEND_URL }).mail).toMatchObject({
      carrier: 'cloudflare',
    })
    expect(configOf({ ...RESEND, EMAIL: undefined }).mail).toMatchObject({ carrier: 'resend' })
  })
})

describe('REGISTRATION=verified', () => {
  it('REG-04: cannot be without mail', () => {
    for (const settings of [{}, { MAILER: 'none' }]) {
      expect(expectFault({ ...settings, REGISTRATION: 'verified' }, 'REGISTRATION')).toContain('MAILER')
    }
  })

  it('is a way to register with mail', () => {
    expect(configOf({ ...CLOUDFLARE, REGISTRATION: 'verified' }).registration).toBe('verified')
  })

  it('is not blamed for a carrier that is set up badly', () => {
    for (const MAILER of ['cloudflare', 'sendmail']) {
      const names = faultsOf({ MAILER, REGISTRATION: 'verified', EMAIL: env.EMAIL }).map(
        ({ setting }) => setting,
      )
      expect(names).toEqual([MAILER === 'sendmail' ? 'MAILER' : 'MAIL_FROM'])
    }
  })
})

describe('EMAIL_VERIFICATION', () => {
  it.each([
    ['open', undefined, 'optional'],
    ['verified', undefined, 'required'],
    // From `verified` to `closed`: nobody is let in who was not before.
    ['closed', undefined, 'required'],
    ['open', 'optional', 'optional'],
    ['verified', 'optional', 'optional'],
    ['closed', 'optional', 'optional'],
    ['verified', 'required', 'required'],
    ['closed', 'required', 'required'],
  ])(
    'REG-03: with REGISTRATION=%s and mail, %s means %s',
    (REGISTRATION, EMAIL_VERIFICATION, verification) => {
      expect(configOf({ ...CLOUDFLARE, REGISTRATION, EMAIL_VERIFICATION }).emailVerification).toBe(
        verification,
      )
    },
  )

  it.each(['open', 'closed'])(
    'without mail nobody can prove an address, with REGISTRATION=%s',
    (REGISTRATION) => {
      expect(configOf({ REGISTRATION }).emailVerification).toBe('optional')
      expect(
        expectFault({ REGISTRATION: 'closed', EMAIL_VERIFICATION: 'required' }, 'EMAIL_VERIFICATION'),
      ).toContain('MAILER')
    },
  )

  it('is not required where a registration signs people in at once', () => {
    const settings = { ...CLOUDFLARE, REGISTRATION: 'open', EMAIL_VERIFICATION: 'required' }
    expect(expectFault(settings, 'EMAIL_VERIFICATION')).toContain('REGISTRATION')
  })
})

describe('SECOND_FACTOR', () => {
  it('is not required where whoever registers could set up none', () => {
    const settings = { ...CLOUDFLARE, REGISTRATION: 'open', SECOND_FACTOR: 'required' }
    expect(expectFault(settings, 'SECOND_FACTOR')).toContain('REGISTRATION')
    expect(configOf({ ...settings, REGISTRATION: 'verified' }).secondFactor).toBe('required')
    expect(configOf({ REGISTRATION: 'open', SECOND_FACTOR: 'required' }).secondFactor).toBe('required')
  })
})

describe('EMAIL', () => {
  it.each([undefined, null, '', 'janus', 7])('KEY-05: names the binding that is not there: %j', (EMAIL) => {
    expect(expectFault({ ...CLOUDFLARE, EMAIL }, 'EMAIL')).toContain(
      'EMAIL is not bound, and must be bound to ',
    )
  })
})

describe('MAIL_FROM', () => {
  it.each([
    ['janus@example.com', sender],
    ['<janus@example.com>', sender],
    ['Janus <janus@example.com>', { ...sender, name: 'Janus' }],
    ['"Janus" <janus@example.com>', { ...sender, name: 'Janus' }],
    ['"Engines, Analytical" <janus@example.com>', { ...sender, name: 'Engines, Analytical' }],
    ['Ünïcødé 漢字 <janus@example.com>', { ...sender, name: 'Ünïcødé 漢字' }],
    ['👩\u200d🚀 Rockets <janus@example.com>', { ...sender, name: '👩\u200d🚀 Rockets' }],
    ['Janus <janus@bücher.example>', { name: 'Janus', address: 'janus@xn--bcher-kva.example' }],
  ])('reads %s', (MAIL_FROM, expected) => {
    expect(configOf({ ...CLOUDFLARE, MAIL_FROM }).mail).toEqual({ carrier: 'cloudflare', sender: expected })
  })

  const BAD = [
    'canary',
    'canary@',
    '@canary.example',
    'canary@localhost',
    'canary@127.0.0.1',
    'Janus <canary>',
    'Janus <a@canary.example> <b@canary.example>',
    'Janus <a@canary.example>, Eve <b@canary.example>',
    'Janus <a@canary.example>\r\nBcc: v@canary.example',
    'Janus\r\nBcc: v@canary.example <a@canary.example>',
    'Janus\n <a@canary.example>',
    'Janus\u0000 <a@canary.example>',
    'Janus\u0085 <a@canary.example>',
    'a@canary.example\nBcc: v@canary.example',
    '\u202esunaJ <a@canary.example>',
    'Ja\u200bnus <a@canary.example>',
    '\u3164 <a@canary.example>',
    'a@canary.example\n',
    '\r\na@canary.example',
    'Jan"us <a@canary.example>',
    'Janus\\ <a@canary.example>',
    '"Janus" "Eve" <a@canary.example>',
    `${'x'.repeat(65)} <a@canary.example>`,
    `${'x'.repeat(100_000)} <a@canary.example>`,
  ]

  it.each([{ ...CLOUDFLARE }, { ...RESEND }])(
    'EML-04: refuses what could write a header, or is no address: $MAILER',
    (settings) => {
      for (const MAIL_FROM of [...BAD, '', true, {}, []]) {
        expect(expectFault({ ...settings, MAIL_FROM }, 'MAIL_FROM')).not.toMatch(/canary|Bcc/)
      }
    },
  )

  it.each([{ ...CLOUDFLARE }, { ...RESEND }])('KEY-05: must be there: $MAILER', (settings) => {
    expect(expectFault({ ...settings, MAIL_FROM: undefined }, 'MAIL_FROM')).toContain('missing')
  })

  it('EML-04: whatever is read has a name that cannot end the quotes around it', () => {
    for (const text of [...BAD, '"" <a@example.com>', '" " <a@example.com>', '<<a@example.com>>']) {
      const { name, address } = parseSender(text, 'auth.example.com') ?? sender
      expect(name).toMatch(/^[^"\\<>\p{Cc}]+$/u)
      expect(address).toMatch(/^[^\s"<>]+@[^\s"<>]+$/)
    }
  })
})

describe('RESEND_API_KEY', () => {
  it('KEY-05: must be there, and is never said', () => {
    expect(expectFault({ ...RESEND, RESEND_API_KEY: undefined }, 'RESEND_API_KEY')).toContain('missing')
    for (const key of ['', ' ', 're canary', 're_canary\n', 're_canary\r\nX: y', 're_canärÿ', {}, true]) {
      expect(expectFault({ ...RESEND, RESEND_API_KEY: key }, 'RESEND_API_KEY')).not.toContain('can')
    }
  })
})

describe('RESEND_URL', () => {
  it.each([
    'https://mail.example.com',
    'https://mail.example.com/v1',
    'http://localhost:2525',
    'http://127.0.0.1:1/api',
  ])('may be %s', (RESEND_URL) => {
    expect(configOf({ ...RESEND, RESEND_URL }).mail).toMatchObject({ url: RESEND_URL })
  })

  it.each([
    '',
    'mail.canary.example',
    'http://mail.canary.example',
    'http://127.0.0.1.canary.example',
    'ftp://mail.canary.example',
    'javascript:canary',
    'https://',
    'https://mail.canary.example/',
    'https://mail.canary.example?to=x',
    'https://mail.canary.example#x',
  ])('KEY-05: is not %o: the key goes there', (RESEND_URL) => {
    expect(expectFault({ ...RESEND, RESEND_URL }, 'RESEND_URL')).not.toContain('canary')
  })
})

describe('BRAND_NAME', () => {
  it.each([
    'Analytical Engines',
    'Ünïcødé 漢字 🦉',
    '👩\u200d🚀 Rockets',
    'می\u200cخواهم',
    '<b>Bold & "Brash"</b>',
    'x'.repeat(64),
  ])('may be %s', (BRAND_NAME) => {
    expect(configOf({ BRAND_NAME }).brandName).toBe(BRAND_NAME)
  })

  it('is the host of the issuer if nothing is said', () => {
    expect(configOf({ ISSUER: 'https://auth.example.com:8443/auth' }).brandName).toBe('auth.example.com')
  })

  it.each([
    '',
    'canary\r\nBcc: v@example.com',
    'canary\n',
    'canary\u0000',
    'canary\u0085',
    'canary\u202eelpmaxe',
    'canary\u2066',
    'can\u200bary',
    'canary\u3164',
    '\u3164',
    '\u2800',
    '\ufe0f',
    `canary${'x'.repeat(59)}`,
    {},
    true,
  ])('EML-04: is not %j, for it stands in subjects', (BRAND_NAME) => {
    expect(expectFault({ BRAND_NAME }, 'BRAND_NAME')).not.toContain('canary')
  })
})

it('KEY-05: names every fault of mail at once, and never a value', () => {
  const bad = {
    MAIL_FROM: 'canary from',
    RESEND_API_KEY: 'canary key',
    RESEND_URL: 'canary url',
    BRAND_NAME: 'canary\n',
  }
  const faults = faultsOf({ ...bad, MAILER: 'resend' })
  expect(faults.map(({ setting }) => setting).sort()).toEqual(Object.keys(bad).sort())
  expect(JSON.stringify(faults)).not.toContain('canary')
})

it('KEY-05: serves nothing while mail is set up badly, and logs no value', async () => {
  const log: unknown[] = []
  const settings = { ...MINIMAL, ...RESEND, RESEND_API_KEY: 'canary key' }
  const { services } = createJanus(settings, { log: (event, fields) => log.push({ event, ...fields }) })
  expect(services).toBeNull()
  expect(log).toEqual([{ event: 'not-configured', settings: 'RESEND_API_KEY' }])
})
