import { exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import { checkClientKeys } from '../../src/oauth/client-keys'

async function keyOf(alg: string, options: object = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
  return { open: await exportJWK(publicKey), secret: await exportJWK(privateKey) }
}

it('takes public keys for ES256, EdDSA and RS256, and nothing else', async () => {
  const [ec, ed, rsa, other] = await Promise.all([
    keyOf('ES256'),
    keyOf('EdDSA', { crv: 'Ed25519' }),
    keyOf('RS256'),
    keyOf('ES384'),
  ])
  const short = { ...rsa.open, n: rsa.open.n?.slice(0, 341) }
  const good = [ec.open, ed.open, rsa.open].map((key, index) => ({ ...key, kid: String(index) }))
  expect(checkClientKeys({ keys: good })).toBeNull()
  const bad: readonly [string, unknown][] = [
    ['Key Set', null],
    ['Key Set', {}],
    ['Key Set', { keys: [] }],
    ['Key Set', { keys: [null] }],
    ['1 to 10', { keys: Array.from({ length: 11 }, (_, kid) => ({ ...ec.open, kid: String(kid) })) }],
    ['public keys alone', { keys: [{ ...ec.secret, kid: '1' }] }],
    ['public keys alone', { keys: [{ kty: 'oct', k: 'AAAA', kid: '1' }] }],
    ['a kid each', { keys: [ec.open] }],
    [
      'a kid each',
      {
        keys: [
          { ...ec.open, kid: '1' },
          { ...rsa.open, kid: '1' },
        ],
      },
    ],
    ['ES256', { keys: [{ ...other.open, kid: '1' }] }],
    ['ES256', { keys: [{ ...ec.open, kid: '1', alg: 'none' }] }],
    ['ES256', { keys: [{ ...rsa.open, kid: '1', alg: 'HS256' }] }],
    ['2,048', { keys: [{ ...short, kid: '1' }] }],
  ]
  for (const [said, keys] of bad)
    expect([said, checkClientKeys(keys)]).toEqual([said, expect.stringContaining(said)])
})
