import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clientAddress } from '../../../packages/node/client-address'
import { createLoginLimit } from '../../../packages/node/login-limit'
import { parseHostSettings } from '../../../packages/node/settings'
import { transportOptions } from '../../../packages/node/smtp-mailer'

describe('the address of a client', () => {
  const spoofed = {
    'x-forwarded-for': '203.0.113.9',
    'cf-connecting-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  }
  const rows: readonly (readonly [
    what: string,
    given: Parameters<typeof clientAddress>,
    address: string | null,
  ])[] = [
    ['RL-03: the socket, whatever headers say', [null, '198.51.100.7', spoofed], '198.51.100.7'],
    ['IPv4 on a socket for both', [null, '::ffff:198.51.100.7', {}], '198.51.100.7'],
    ['IPv6', [null, '2001:db8::7', {}], '2001:db8::7'],
    ['a zone', [null, 'fe80::7%eth0', {}], 'fe80::7'],
    ['a socket that is gone', [null, undefined, {}], null],
    [
      'the header that is named',
      ['x-real-ip', '10.0.0.1', { 'x-real-ip': '198.51.100.7', ...spoofed }],
      '198.51.100.7',
    ],
    [
      'what the proxy appended',
      ['x-forwarded-for', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }],
      '198.51.100.7',
    ],
    ['a proxy that says nothing', ['x-real-ip', '10.0.0.1', spoofed], null],
    ['a header that is no address', ['x-real-ip', '10.0.0.1', { 'x-real-ip': 'unknown' }], null],
  ]
  it.each(rows)('%s', (_, given, address) => expect(clientAddress(...given)).toBe(address))
})

it('RL-03: LOGIN_LIMIT of a process lets a client make 600 requests a minute, and others as many', async () => {
  let now = 0
  const limit = createLoginLimit(() => now)
  const ask = async (key: string) => (await limit.limit({ key })).success
  for (let nth = 0; nth < 600; nth++) await ask('one')
  expect([await ask('one'), await ask('other')]).toEqual([false, true])
  now += 60_000
  expect(await ask('one')).toBe(true)
})

describe('where mail is handed over', () => {
  const parse = (SMTP_URL: string) => parseHostSettings({ SMTP_URL })
  it.each([
    [
      'smtps://ada:p%40ss@mail.example.com',
      { port: 465, tls: true, inClear: false, user: { name: 'ada', password: 'p@ss' } },
    ],
    ['smtp://mail.example.com', { port: 587, tls: false, inClear: false, user: null }],
    ['smtp://[::1]:2525', { hostname: '::1', port: 2525, inClear: true }],
  ])('%s', (url, server) => expect(parse(url)).toMatchObject({ ok: true, settings: { SMTP_URL: server } }))

  it.each([
    'https://mail.example.com',
    'smtp://',
    'smtp://ada@mail.example.com',
    'smtp://mail.example.com/x',
    'smtp://a%ZZ:b@c',
  ])('not %s', (url) =>
    expect(parse(url)).toMatchObject({ ok: false, faults: [expect.stringMatching(/^SMTP_URL /)] }),
  )
})

it.each([
  ['smtp://mail.example.com', true],
  ['smtp://127.0.0.1', false],
  ['smtps://mail.example.com', false],
])('%s must turn to TLS: %s', (SMTP_URL, requireTLS) => {
  const parsed = parseHostSettings({ SMTP_URL })
  const server = parsed.ok ? parsed.settings.SMTP_URL : null
  expect(server && transportOptions(server, 'auth.example.com')).toMatchObject({ requireTLS })
})

// That the record has every part, the compiler says (src/all-parts.ts).
it.each(['src/deployed.ts', 'packages/node/serve.ts'])('%s leaves no part out', (file) => {
  expect(readFileSync(file, 'utf8')).toMatch(/^ +\.\.\.allParts,$/m)
})
