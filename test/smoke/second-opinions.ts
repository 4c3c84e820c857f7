import { execFileSync } from 'node:child_process'
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import jsonwebtoken from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import { expect, it } from 'vitest'
import { findTool } from '../support/tools.ts'
import { needTools } from '../support/with-tools.ts'
import { documentedBlocks } from './documented.ts'

const REQUIRED = ['iss', 'aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'sid']

interface Terms {
  readonly alg: 'ES256' | 'EdDSA'
  readonly keySet: string
  readonly issuer: string
  readonly audience: string
  /** By how much the clock of whoever verifies is behind. */
  readonly secondsBehind?: number
}

/** Verifies tokens as somebody else's program would. @returns For each its `sub`, or `null` if it is refused. */
type SecondOpinion = (tokens: readonly string[], terms: Terms) => Promise<readonly (string | null)[]>

const byJsonwebtoken: SecondOpinion = async (tokens, { alg, keySet, issuer, audience }) => {
  const client = jwksClient({ jwksUri: keySet })
  const verify = async (token: string) => {
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid
    const key = (await client.getSigningKey(kid)).getPublicKey()
    const algorithms = [alg as jsonwebtoken.Algorithm]
    const { header, payload } = jsonwebtoken.verify(token, key, {
      algorithms,
      issuer,
      audience,
      complete: true,
    })
    if (header.typ !== 'at+jwt' || typeof payload === 'string') throw new Error('This is no access token')
    for (const claim of REQUIRED) if (!(claim in payload)) throw new Error(`There is no ${claim}`)
    return payload.sub ?? null
  }
  return Promise.all(tokens.map((token) => verify(token).catch(() => null)))
}

const byFastJwt: SecondOpinion = async (tokens, { alg, keySet, issuer, audience }) => {
  const { keys } = (await (await fetch(keySet)).json()) as { keys: (JsonWebKey & { kid: string })[] }
  const verify = createVerifier({
    key: async ({ header }: { header: { kid?: string } }) => {
      const jwk = keys.find(({ kid }) => kid === header.kid)
      if (!jwk) throw new Error('There is no such key')
      return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    },
    algorithms: [alg],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: REQUIRED,
    checkTyp: 'at+jwt',
  })
  return Promise.all(
    tokens.map(async (token) => {
      const payload = await verify(token).catch(() => null)
      return payload?.sub ?? null
    }),
  )
}

/** Runs the program of the guide, with another issuer and algorithm. */
const byPyJwt: SecondOpinion = async (tokens, { alg, keySet, issuer, audience, secondsBehind = 0 }) => {
  const [documented = ''] = documentedBlocks('docs/guides/tokens-in-other-services.md', 'In Python', 'python')
  const program = `${documented
    .replace('"http://localhost:8787"', JSON.stringify(issuer))
    .replace('f"{ISSUER}/.well-known/jwks.json"', JSON.stringify(keySet))
    .replace('audience=ISSUER', `audience=${JSON.stringify(audience)}`)
    .replace('["ES256"]', `["${alg}"]`)}
import datetime, json, sys

class SlowClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) - datetime.timedelta(seconds=${secondsBehind})

jwt.api_jwt.datetime = SlowClock

def verdict(token):
    try:
        return claims_of(token)["sub"]
    except jwt.PyJWTError:
        return None

print(json.dumps([verdict(token) for token in json.load(sys.stdin)]))
`
  return JSON.parse(
    execFileSync(findTool('python') ?? '', ['-c', program], {
      input: JSON.stringify(tokens),
      encoding: 'utf8',
    }),
  )
}

const SECOND_OPINIONS = { jsonwebtoken: byJsonwebtoken, 'fast-jwt': byFastJwt, PyJWT: byPyJwt }

/** `jsonwebtoken` knows no EdDSA. */
export type Library = keyof typeof SECOND_OPINIONS

/** Returns somebody's access token, and whose it is. */
async function tokenOf(issuer: string): Promise<{ readonly token: string; readonly userId: string }> {
  const email = `${crypto.randomUUID()}@example.com`
  const response = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: 'analytical engine no. 1', mode: 'token' }),
  })
  expect(response.status).toBe(201)
  const { access_token, user } = (await response.json()) as { access_token: string; user: { id: string } }
  return { token: access_token, userId: user.id }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
}

/** Returns the token with something wrong, by what that is. */
function changed(token: string, publicKey: JsonWebKey): Readonly<Record<string, string>> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[10] = (bytes[10] ?? 0) ^ 1
  const asSecret = createPublicKey({ key: publicKey, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const symmetric = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`
  return {
    'another signature': `${header}.${payload}.${bytes.toString('base64url')}`,
    'no signature': `${header}.${payload}.`,
    'other claims': `${header}.${encode({ ...decode(payload), roles: ['admin'] })}.${signature}`,
    'no algorithm': `${encode({ ...decode(header), alg: 'none' })}.${payload}.`,
    'the public key as its secret': `${symmetric}.${createHmac('sha256', asSecret).update(symmetric).digest('base64url')}`,
    'a key that there is not': `${encode({ ...decode(header), kid: 'nobody' })}.${payload}.${signature}`,
  }
}

/** Tests that other people's libraries take the tokens of a Janus, and none that is not good there. */
export function haveVerified(libraries: readonly Library[], alg: Terms['alg'], issuer: () => string): void {
  it.for(libraries)(
    '%s takes a token by the key set, and none that was changed or is for others',
    async (library, context) => {
      if (library === 'PyJWT') needTools(context, 'python', 'pyJwt', 'pythonCryptography')
      const { token, userId } = await tokenOf(issuer())
      const keySet = `${issuer()}/.well-known/jwks.json`
      const { keys } = (await (await fetch(keySet)).json()) as { keys: JsonWebKey[] }
      const wrong = changed(token, keys[0] ?? {})
      const terms = { alg, keySet, issuer: issuer(), audience: issuer() }
      const verify = (tokens: readonly string[], given: Partial<Terms> = {}) =>
        SECOND_OPINIONS[library](tokens, { ...terms, ...given })

      const [first, ...others] = await verify([token, ...Object.values(wrong)])
      expect(first).toBe(userId)
      expect(Object.keys(wrong).filter((_, nth) => others[nth] !== null)).toEqual([])
      expect(await verify([token], { issuer: 'https://other.example' })).toEqual([null])
      expect(await verify([token], { audience: 'https://other.example' })).toEqual([null])
      expect(await verify([token], { alg: alg === 'ES256' ? 'EdDSA' : 'ES256' })).toEqual([null])
      if (library !== 'PyJWT') return
      expect(await verify([(await tokenOf(issuer())).token], { secondsBehind: 5 })).not.toEqual([null])
      expect(await verify([token], { secondsBehind: 3600 })).toEqual([null])
    },
  )
}
