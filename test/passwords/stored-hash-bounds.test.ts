import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createPasswordHasher } from '../../src/passwords/password-hash'
import { recordPbkdf2 } from '../support/counting'

const keyring = createKeyring([env.AUTH_SECRET])
const hasher = createPasswordHasher({ keyring, iterations: 50_000 })

/** The work of one hash at the configured cost: what every refusal must cost, and no more. */
const CONFIGURED_COST = [25_000, 25_000]

const { secretId } = await keyring.newest('password-pepper')
const SALT = 'AAECAwQFBgcICQoLDA0ODw'
const HASH = 'A'.repeat(43)

function stored({
  scheme = 'pbkdf2-sha256-chain',
  v = 'v=1',
  i = 'i=1',
  s = 's=1',
  k = `k=${secretId}`,
} = {}) {
  return `$${scheme}$${v}$${i},${s},${k}$${SALT}$${HASH}`
}

describe('INC-11, PW-07: what is stored is bounded before it is obeyed', () => {
  it.each([
    ['nothing', ''],
    ['a plain password', 'correct horse battery'],
    ['another scheme', stored({ scheme: 'pbkdf2-sha256' })],
    ['bcrypt', '$2b$31$abcdefghijklmnopqrstuuWKR1aXgqZ8u1T3w5yAeC7iKmOqSsUuW'],
    ['another version', stored({ v: 'v=2' })],
    ['no iterations', stored({ i: 'i=' })],
    ['zero iterations', stored({ i: 'i=0' })],
    ['negative iterations', stored({ i: 'i=-1' })],
    ['a billion iterations', stored({ i: 'i=1000000000' })],
    ['2^31 iterations', stored({ i: 'i=2147483648' })],
    ['2^32 + 1 iterations', stored({ i: 'i=4294967297' })],
    ['more iterations than one call may do', stored({ i: 'i=100001' })],
    ['a leading zero', stored({ i: 'i=01' })],
    ['a plus sign', stored({ i: 'i=+1' })],
    ['a space', stored({ i: 'i= 1' })],
    ['a fraction', stored({ i: 'i=1.5' })],
    ['an exponent', stored({ i: 'i=1e3' })],
    ['hexadecimal', stored({ i: 'i=0x10' })],
    ['Arabic-Indic digits', stored({ i: 'i=\u0661\u0660' })],
    ['full-width digits', stored({ i: 'i=\uff11' })],
    ['zero segments', stored({ s: 's=0' })],
    ['a leading zero in segments', stored({ s: 's=01' })],
    ['a billion segments', stored({ s: 's=1000000000' })],
    ['more in all than is ever configured', stored({ i: 'i=100000', s: 's=101' })],
    ['a pepper of another secret', stored({ k: 'k=unknown_' })],
    ['no pepper', stored({ k: 'k=' })],
    ['parameters twice', stored({ i: 'i=1,i=1' })],
    ['parameters in another order', stored({ i: 's=1', s: 'i=1' })],
    ['a short salt', stored().replace(SALT, SALT.slice(1))],
    ['a salt that is not canonical', stored().replace(SALT, `${SALT.slice(0, -1)}x`)],
    ['a salt with padding', stored().replace(SALT, `${SALT}==`)],
    ['a short hash', stored().replace(HASH, HASH.slice(1))],
    ['a long hash', `${stored()}A`],
    ['a hash that is not canonical', `${stored().slice(0, -1)}B`],
    ['no hash', stored().replace(HASH, '')],
    ['a line break after it', `${stored()}\n`],
    ['something before it', ` ${stored()}`],
  ])('%s is unusable, and costs what any refusal costs', async (_, text) => {
    const iterations = recordPbkdf2()
    expect(await hasher.verify('words', text)).toBe('unusable')
    expect(iterations()).toEqual(CONFIGURED_COST)
  })

  it('what is within bounds is obeyed: exactly the stored cost', async () => {
    const iterations = recordPbkdf2()
    expect(await hasher.verify('words', stored({ i: 'i=1000', s: 's=3' }))).toBe('mismatch')
    expect(iterations().slice(0, 3)).toEqual([1000, 1000, 1000])
  })

  it('LOG-02: verifyNothing does the work of one hash', async () => {
    const iterations = recordPbkdf2()
    await hasher.verifyNothing('words')
    expect(iterations()).toEqual(CONFIGURED_COST)
  })

  it('many cheap segments are unusable too: each is a turn of the event loop', async () => {
    const iterations = recordPbkdf2()
    expect(await hasher.verify('words', stored({ s: 's=9999' }))).toBe('unusable')
    expect(iterations()).toEqual(CONFIGURED_COST)
  })
})
