import { createLocalJWKSet, errors, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { beforeEach, describe, expect, inject, it } from 'vitest'
import { pbkdf2Sha256 } from '../../src/passwords/pbkdf2'
import { verifyJwt } from '../../src/tokens/jwt'
import { limitCryptoAsInProduction } from '../support/production-limits'

// The real PBKDF2, for it is what is tested here.
limitCryptoAsInProduction()

/** Wycheproof (C2SP, Apache-2.0), testvectors_v1. Where the vectors are not at hand these tests say so by being skipped. */
const vectors = inject('wycheproof')

interface Group<Key> {
  readonly public?: Key
  readonly private: Key
  readonly tests: readonly {
    readonly tcId: number
    readonly jws: string
    readonly result: 'valid' | 'invalid'
  }[]
}

interface Pbkdf2Group {
  readonly tests: readonly {
    readonly tcId: number
    readonly password: string
    readonly salt: string
    readonly iterationCount: number
    readonly dkLen: number
    readonly dk: string
    readonly result: 'valid' | 'invalid'
  }[]
}

type Exceptions = Readonly<Record<string, string>>

function groupsOf<G>(file: unknown): readonly G[] {
  return (file as { testGroups: readonly G[] }).testGroups
}

/** Returns `true` if the signature was accepted. Claims are read after it, and none of these tokens has ours. */
async function accepts(
  jws: string,
  algorithm: string,
  getKey: Parameters<typeof verifyJwt>[1],
): Promise<boolean> {
  const verified = await verifyJwt(jws, getKey, {
    algorithms: [algorithm],
    issuer: 'https://auth.example.com',
    audience: 'https://auth.example.com',
    typ: 'at+jwt',
    requiredClaims: [],
    now: 0,
  })
  return verified.ok || verified.refusal === 'claims' || verified.refusal === 'expired'
}

/** Asserts that the vectors and we disagree on exactly these. */
function expectDisagreements(found: readonly number[], expected: readonly Exceptions[]): void {
  const listed = expected.flatMap((exceptions) => Object.keys(exceptions).map(Number))
  expect([...found].sort((a, b) => a - b)).toEqual(listed.sort((a, b) => a - b))
}

describe('Wycheproof', () => {
  beforeEach(({ skip }) => {
    const where =
      'put testvectors_v1 of C2SP/wycheproof into a folder, and name it: WYCHEPROOF_DIR=... npm test'
    skip(vectors === null, `The vectors are not here: ${where}`)
  })

  it('TOK-01, TOK-02, TOK-03, TOK-04, TOK-05: json_web_signature_test.json, 401 vectors', async () => {
    const wronglyRefused: Exceptions = {
      259: 'RS256 over an empty payload, which is no JWT',
      264: 'RS384 over an empty payload, which is no JWT',
      268: 'RS512 over an empty payload, which is no JWT',
      272: 'PS256 over an empty payload, which is no JWT',
      320: 'PS384 over an empty payload, which is no JWT',
      325: 'PS512 over an empty payload, which is no JWT',
      346: 'the key says PS256, the token of RFC 7520 is PS384',
      350: 'the key says PS256, the token of RFC 7520 is PS384',
      347: 'the key says ES521, and there is no such algorithm',
      351: 'the key says ES521, and there is no such algorithm',
      372: 'labelled valid, with a ? in the header',
      373: 'labelled valid, with a ? in the payload',
    }
    const wronglyAccepted: Exceptions = {
      367: 'labelled invalid, and byte for byte the good token of 357',
      370: 'labelled invalid, and byte for byte the good token of 357',
    }
    const refused: number[] = []
    const accepted: number[] = []
    let count = 0
    for (const group of groupsOf<Group<JWK>>(vectors?.jws)) {
      const jwk = group.public ?? group.private
      const algorithm = jwk.alg ?? 'the key names none'
      for (const { tcId, jws, result } of group.tests) {
        count++
        const isAccepted = await accepts(jws, algorithm, async () => importJWK(jwk, algorithm))
        if (isAccepted && result === 'invalid') accepted.push(tcId)
        if (!isAccepted && result === 'valid') refused.push(tcId)
      }
    }
    expect(count).toBe(401)
    expectDisagreements(accepted, [wronglyAccepted])
    expectDisagreements(refused, [wronglyRefused])
  })

  it('KEY-01, KEY-05: json_web_key_test.json, 26 vectors', async () => {
    const wronglyRefused: Exceptions = {
      2: 'a set of shared secrets: none is ever published, and jose loads none',
      13: 'a set of shared secrets',
      14: 'a set of shared secrets',
      15: 'a set of shared secrets',
    }
    const wronglyAccepted: Exceptions = {
      7: 'an RSA key with the ROCA weakness: Janus makes its keys, and none is RSA',
    }
    const refused: number[] = []
    const accepted: number[] = []
    let count = 0
    for (const group of groupsOf<Group<JSONWebKeySet>>(vectors?.jwk)) {
      const keySet = group.public ?? group.private
      const algorithm = String(keySet.keys[0]?.alg)
      for (const { tcId, jws, result } of group.tests) {
        count++
        const isAccepted = await accepts(jws, algorithm, async (header, token) => {
          try {
            return await createLocalJWKSet(keySet)(header, token)
          } catch {
            // The platform throws a DOMException for a point that is not on the curve; no key is no key.
            throw new errors.JWKSNoMatchingKey()
          }
        })
        if (isAccepted && result === 'invalid') accepted.push(tcId)
        if (!isAccepted && result === 'valid') refused.push(tcId)
      }
    }
    expect(count).toBe(26)
    expectDisagreements(accepted, [wronglyAccepted])
    expectDisagreements(refused, [wronglyRefused])
  })

  it('PW-05: pbkdf2_hmacsha256_test.json, 60 vectors', async () => {
    const tests = groupsOf<Pbkdf2Group>(vectors?.pbkdf2).flatMap((group) => group.tests)
    expect(tests).toHaveLength(60)
    for (const { tcId, password, salt, iterationCount, dkLen, dk, result } of tests) {
      const [secret, salted] = [Uint8Array.fromHex(password), Uint8Array.fromHex(salt)]
      const derived = await pbkdf2Sha256(secret, salted, iterationCount, dkLen)
      expect(derived.toHex() === dk, `tcId ${tcId}`).toBe(result === 'valid')
    }
  })
})
