import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { parseBase64url } from '../../src/crypto/base64url'
import { pbkdf2Sha256 } from '../../src/passwords/pbkdf2'
import { verifyJwt } from '../../src/tokens/jwt'
import { limitCryptoAsInProduction } from '../support/production-limits'

// The real PBKDF2, for it is what is tested here.
limitCryptoAsInProduction()

describe('PW-05: PBKDF2-HMAC-SHA-256 of RFC 7914 §11', () => {
  it.each([
    {
      password: 'passwd',
      salt: 'salt',
      iterations: 1,
      key: '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
    },
    {
      password: 'Password',
      salt: 'NaCl',
      iterations: 80_000,
      key: '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
    },
  ])('$password, $salt, $iterations', async ({ password, salt, iterations, key }) => {
    const [secret, salted] = [password, salt].map((text) => new TextEncoder().encode(text))
    const derived = await pbkdf2Sha256(secret ?? new Uint8Array(), salted ?? new Uint8Array(), iterations, 64)
    expect(derived.toHex()).toBe(key)
  })

  it('PW-06: refuses more than 100,000 iterations in one call, wherever it runs', async () => {
    const bytes = Uint8Array.of(1)
    await expect(pbkdf2Sha256(bytes, bytes, 100_001, 32)).rejects.toThrow(RangeError)
  })
})

/** Returns why a token that is not an access token was refused: `claims` if its signature was valid, because claims are read after it. */
async function refusalOf(token: string, algorithm: string, jwk: JWK): Promise<string> {
  const verified = await verifyJwt(token, async () => importJWK(jwk, algorithm), {
    algorithms: [algorithm],
    issuer: 'https://auth.example.com',
    audience: 'https://auth.example.com',
    typ: 'at+jwt',
    requiredClaims: [],
    now: 0,
  })
  return verified.ok ? 'none' : verified.refusal
}

const EXAMPLES = [
  {
    name: 'RFC 7515 A.1, HS256',
    algorithm: 'HS256',
    jwk: {
      kty: 'oct',
      k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    },
    token:
      'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  },
  {
    name: 'RFC 7515 A.3, ES256',
    algorithm: 'ES256',
    jwk: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    token:
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  },
  {
    name: 'RFC 8037 A.4, EdDSA',
    algorithm: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    token:
      'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
  },
] satisfies { name: string; algorithm: string; jwk: JWK; token: string }[]

describe('TOK-04: signatures of the standards', () => {
  it.each(EXAMPLES)('$name: the signature is good', async ({ algorithm, jwk, token }) => {
    expect(await refusalOf(token, algorithm, jwk)).toBe('claims')
  })

  it.each(EXAMPLES)('$name: no bit of the signature may change', async ({ algorithm, jwk, token }) => {
    const [header, claims, signature = ''] = token.split('.')
    const bytes = parseBase64url(signature) ?? new Uint8Array()
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      const forged = `${header}.${claims}.${changed.toBase64({ alphabet: 'base64url', omitPadding: true })}`
      expect(await refusalOf(forged, algorithm, jwk), `byte ${at}`).toBe('signature')
    }
  })

  it.each(EXAMPLES)('$name: good under no other algorithm', async ({ algorithm, jwk, token }) => {
    for (const other of ['HS256', 'HS512', 'ES256', 'ES384', 'EdDSA', 'RS256', 'none']) {
      if (other !== algorithm) expect(await refusalOf(token, other, jwk)).toBe('signature')
    }
  })

  it('KEY-01: RFC 8037 A.3, thumbprint of an Ed25519 key', async () => {
    const jwk = EXAMPLES[2]?.jwk as JWK
    expect(await calculateJwkThumbprint(jwk)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })
})
