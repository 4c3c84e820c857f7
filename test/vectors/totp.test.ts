import { expect, it } from 'vitest'
import { acceptedSteps, encodeBase32, findStep, hotp, otpauthUri, totpStep } from '../../src/factors/totp'

const bytes = (text: string) => Uint8Array.from(new TextEncoder().encode(text))

/** RFC 6238 Appendix B: the seed is as long as the output of its hash. */
const SEEDS = {
  'SHA-1': bytes('12345678901234567890'),
  'SHA-256': bytes('12345678901234567890123456789012'),
  'SHA-512': bytes('1234567890123456789012345678901234567890123456789012345678901234'),
} as const

const VECTORS = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
] as const

it.each(VECTORS)('MFA-02: RFC 6238 Appendix B at %d', async (at, ...codes) => {
  const hashes = ['SHA-1', 'SHA-256', 'SHA-512'] as const
  const made = hashes.map((hash) => hotp(SEEDS[hash], totpStep(at), { hash, digits: 8 }))
  expect(await Promise.all(made)).toEqual(codes)
})

it('MFA-02: RFC 4226 Appendix D', async () => {
  const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
  expect(await Promise.all(codes.map((_, counter) => hotp(SEEDS['SHA-1'], counter)))).toEqual(codes)
})

it('MFA-03: the step of an instant and the one before are accepted, and no other', async () => {
  const now = 1234567890
  expect(acceptedSteps(now)).toEqual([41152263, 41152262])
  const steps = [-2, -1, 0, 1, 2].map(async (away) => {
    const step = totpStep(now) + away
    return (await findStep(SEEDS['SHA-1'], await hotp(SEEDS['SHA-1'], step), now)) === step
  })
  expect(await Promise.all(steps)).toEqual([false, true, true, false, false])
})

it('RFC 4648 §10: base32', () => {
  const encoded = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => encodeBase32(bytes(text)))
  expect(encoded).toEqual(['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'])
})

it('a colon in a brand or an address does not end the label', () => {
  const uri = otpauthUri({ brand: 'A: B', account: 'ada:x@example.com', seed: SEEDS['SHA-1'] })
  expect(new URL(uri).pathname).toBe('/A%20%20B:ada%20x%40example.com')
  expect(new URL(uri).searchParams.get('secret')).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
})
