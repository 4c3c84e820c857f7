import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse-config'

const GOOD = [
  'Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE',
  'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB',
  'w5Jx9T+hQ2/uVbR7yMcLk0ZsFnAeOgPd8rXvIq3BtYs=',
  '9f2c61d87be3405a1c8e96b2d4f07a53e1b8c9460fd27a3581ce94b06d72f3a8',
] as const

function parse(AUTH_SECRET: unknown) {
  const { ISSUER, DB, SESSIONS, LOGIN_LIMIT } = env
  return parseConfig({ ISSUER, DB, SESSIONS, LOGIN_LIMIT, AUTH_SECRET })
}

/** Refused, with advice, and without being repeated. */
function expectRefused(secret: string): void {
  const parsed = parse(secret)
  const faults = parsed.ok ? [] : parsed.faults
  expect(faults.map(({ setting }) => setting)).toEqual(['AUTH_SECRET'])
  const part = secret.trim().slice(0, 12)
  if (part.length === 12) expect(JSON.stringify(faults)).not.toContain(part)
}

describe('KEY-05, INC-32: AUTH_SECRET', () => {
  it.each(GOOD)('accepts random bytes: %s', (secret) => {
    expect(parse(secret)).toMatchObject({ ok: true, config: { secrets: [secret] } })
  })

  it('accepts what `openssl rand` makes, in base64, base64url and hex', () => {
    const refused = new Set<string>()
    for (let run = 0; run < 2000; run++) {
      const bytes = crypto.getRandomValues(new Uint8Array(32))
      const base64url = bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
      for (const secret of [bytes.toBase64(), base64url, bytes.toHex()]) {
        if (!parse(secret).ok) refused.add(bytes.toHex())
      }
    }
    // One in a million holds a word of samples by chance. Two in 2,000 would be a rule that is too strict.
    expect(refused.size, [...refused].join(' ')).toBeLessThanOrEqual(1)
  })

  it('accepts several, newest first, with white space between', () => {
    expect(parse(`${GOOD[1]}, ${GOOD[0]} ,\n${GOOD[2]}\n`)).toMatchObject({
      config: { secrets: [GOOD[1], GOOD[0], GOOD[2]] },
    })
  })

  it.each([
    ['nothing', ''],
    ['white space', ' '.repeat(60)],
    ['a comma', ','],
    ['one that is short', GOOD[0].slice(0, 42)],
    ['one short among good ones', `${GOOD[0]},${GOOD[1].slice(0, 42)}`],
    ['an empty one after a comma', `${GOOD[0]},`],
    ['an empty one before a comma', `,${GOOD[0]}`],
    ['an empty one between commas', `${GOOD[0]},,${GOOD[1]}`],
    ['one twice', `${GOOD[0]},${GOOD[0]}`],
    ['one twice, apart', `${GOOD[0]},${GOOD[1]}, ${GOOD[0]}`],
    ['a sample among good ones', `${GOOD[0]},${'changeme'.repeat(8)}`],
    ['16 bytes in hex', GOOD[3].slice(0, 32)],
    ['24 bytes in hex, 192 bits in 48 characters', GOOD[3].slice(0, 48)],
    ['24 bytes in base64', 'w5Jx9T+hQ2/uVbR7yMcLk0ZsFnAeOgPd'],
  ])('refuses %s', (_, secret) => {
    expectRefused(secret)
  })

  it.each([
    'your-256-bit-secret',
    'a-string-secret-at-least-256-bits-long',
    'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
    'your-256-bit-secret-your-256-bit-secret-your-256-bit-secret',
    'supersecretsupersecretsupersecretsupersecretsupersecret',
    'my-super-secret-jwt-key-that-is-at-least-32-characters-long',
    'THIS IS USED TO SIGN AND VERIFY JWT TOKENS, REPLACE IT WITH YOUR OWN SECRET, IT CAN BE ANY STRING',
    'this-is-a-development-secret-please-do-not-use-in-production',
    'please-change-this-to-a-random-string-of-at-least-43-characters',
    'CHANGE_THIS_TO_SOMETHING_RANDOM_BEFORE_YOU_DEPLOY_IT',
    'changemechangemechangemechangemechangemechangeme',
    'replace-me-with-32-random-bytes-in-base64-encoding',
    'insert-your-own-random-value-here-0123456789abcdef',
    'placeholder-placeholder-placeholder-placeholder',
    'example-example-example-example-example-example',
    'default-default-default-default-default-default-key',
    'passwordpasswordpasswordpasswordpasswordpassword',
    'Passw0rd!Passw0rd!Passw0rd!Passw0rd!Passw0rd!Passw0rd!',
    'qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm',
    'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    '01234567890123456789012345678901234567890123456789',
    '1234567890abcdefghij1234567890abcdefghij1234567890',
    'janus-janus-janus-janus-janus-janus-janus-janus-1',
    'deadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    '0'.repeat(64),
    'A'.repeat(43),
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '//////////////////////////////////////////8=',
    'keyboard cat keyboard cat keyboard cat keyboard cat',
    'shhhhhared-shhhhhared-shhhhhared-shhhhhared-shhhhhared',
    '<random_string_at_least_43_characters_long_goes_here>',
    '{{ AUTH_SECRET }}, which your platform puts in for you',
    '-----BEGIN PRIVATE KEY----- -----END PRIVATE KEY-----',
  ])('refuses a sample: %s', (secret) => {
    expectRefused(secret)
  })

  it.each([
    'the-quick-brown-fox-jumps-over-the-lazy-dog-again',
    'correct-horse-battery-staple-correct-horse-battery',
    'thisisaverylongstringthatnobodywilleverguessinalifetime',
    'lorem ipsum dolor sit amet consectetur adipiscing elit',
    'LoxodontaElephasMammuthusPalaeoloxodonPrimelephas',
    'my-very-long-jwt-signing-key-for-local-development-2026',
    'YOUR_RANDOM_STRING_OF_THIRTY_TWO_BYTES_OR_MORE_GOES_HERE',
    'super-long-random-string-nobody-knows-but-the-server-itself',
    'asdfghjkl;asdfghjkl;zxcvbnm,./zxcvbnm,./qwertz',
    '1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y7u8i9o0p1q2w3e4r5t6y',
    'In 1889 at age 44 he suffered a collapse and afterward',
  ])('refuses what a person wrote: %s', (secret) => {
    expectRefused(secret)
  })

  it.each([
    ['16 characters three times', 'Xr7VhmM0v3dEWdC1Xr7VhmM0v3dEWdC1Xr7VhmM0v3dEWdC1'],
    ['16 bytes in hex, twice', GOOD[3].slice(0, 32).repeat(2)],
    [
      'a short one, filled up with spaces',
      `${GOOD[0].slice(0, 20)}${' '.repeat(40)}${GOOD[0].slice(20, 24)}`,
    ],
    ['a short one, filled up with zeros', `Xr7VhmM0v3dEWdC1${'0'.repeat(30)}`],
  ])('refuses a pattern: %s', (_, secret) => {
    expectRefused(secret)
  })

  it.each([
    ['a key generator', 'n2r5u8x/A%D*G-KaPdSgVkYp3s6v9y$B&E(H+MbQeThWmZq4t7w!z%C*F-J@NcRf'],
    [
      'a token of a manual',
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJsb2dnZWRJbkFzIjoiYWRtaW4iLCJpYXQiOjE0MjI3Nzk2Mzh9',
    ],
  ])('refuses a published value: %s', (_, secret) => {
    expectRefused(secret)
  })
})
