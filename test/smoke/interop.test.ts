import { execFileSync } from 'node:child_process'
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVerifier } from 'fast-jwt'
import jsonwebtoken from 'jsonwebtoken'
import jwksClient from 'jwks-rsa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentedBlocks } from './documented.ts'
import { type LocalService, startLocalService } from './local-service.ts'

/** Debian's has PyJWT; another one on the path may not. */
const PYTHON = process.env.PYTHON ?? '/usr/bin/python3'

const REQUIRED = ['iss', 'aud', 'sub', 'client_id', 'iat', 'exp', 'jti', 'sid']

interface Terms {
  readonly alg: 'ES256' | 'EdDSA'
  readonly keySet: string
  readonly issuer: string
  readonly audience: string
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

/** The program of the README, as it stands but for where Janus is and what its tokens are signed with. */
const byPyJwt: SecondOpinion = async (tokens, { alg, keySet, issuer, audience }) => {
  const [documented = ''] = documentedBlocks('README.md', 'In Python', 'python')
  const program = `${documented
    .replace('"http://localhost:8787"', JSON.stringify(issuer))
    .replace('f"{ISSUER}/.well-known/jwks.json"', JSON.stringify(keySet))
    .replace('audience=ISSUER', `audience=${JSON.stringify(audience)}`)
    .replace('["ES256"]', `["${alg}"]`)}
import json, sys

def verdict(token):
    try:
        return claims_of(token)["sub"]
    except jwt.PyJWTError:
        return None

print(json.dumps([verdict(token) for token in json.load(sys.stdin)]))
`
  const file = join(services.ES256.folder, 'claims_of.py')
  writeFileSync(file, program)
  return JSON.parse(execFileSync(PYTHON, [file], { input: JSON.stringify(tokens), encoding: 'utf8' }))
}

const SECOND_OPINIONS = { jsonwebtoken: byJsonwebtoken, 'fast-jwt': byFastJwt, PyJWT: byPyJwt }

let services: Record<'ES256' | 'EdDSA', LocalService>

beforeAll(async () => {
  const [ES256, EdDSA] = await Promise.all([
    startLocalService(['JWT_ALG:ES256', 'PASSWORD_ITERATIONS:100000']),
    startLocalService(['JWT_ALG:EdDSA', 'PASSWORD_ITERATIONS:100000']),
  ])
  services = { ES256, EdDSA }
})

afterAll(() => Promise.all(Object.values(services ?? {}).map((service) => service.stop())))

/** Somebody's access token, and whose it is. */
async function tokenOf({ url }: LocalService): Promise<{ readonly token: string; readonly userId: string }> {
  const email = `${crypto.randomUUID()}@example.com`
  const response = await fetch(`${url}/register`, {
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

/** The token with something wrong, by what that is. */
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

describe.each([
  { library: 'jsonwebtoken', alg: 'ES256' },
  { library: 'fast-jwt', alg: 'ES256' },
  { library: 'fast-jwt', alg: 'EdDSA' },
  { library: 'PyJWT', alg: 'ES256' },
  { library: 'PyJWT', alg: 'EdDSA' },
] as const)('TOK-09: $library, with $alg', ({ library, alg }) => {
  it('takes a token of Janus by its key set, and none that was changed or is for others', async () => {
    const { url } = services[alg]
    const { token, userId } = await tokenOf(services[alg])
    const keySet = `${url}/.well-known/jwks.json`
    const { keys } = (await (await fetch(keySet)).json()) as { keys: JsonWebKey[] }
    const wrong = changed(token, keys[0] ?? {})
    const verify = (tokens: readonly string[], given: Partial<Terms> = {}) =>
      SECOND_OPINIONS[library](tokens, { alg, keySet, issuer: url, audience: url, ...given })

    const [first, ...others] = await verify([token, ...Object.values(wrong)])
    expect(first).toBe(userId)
    expect(Object.keys(wrong).filter((_, nth) => others[nth] !== null)).toEqual([])
    expect(await verify([token], { issuer: 'https://other.example' })).toEqual([null])
    expect(await verify([token], { audience: 'https://other.example' })).toEqual([null])
    const other = alg === 'ES256' ? services.EdDSA : services.ES256
    expect(await verify([(await tokenOf(other)).token])).toEqual([null])
  })
})

it('jsonwebtoken knows no EdDSA, and refuses every such token', async () => {
  const { url } = services.EdDSA
  const terms = { alg: 'EdDSA', keySet: `${url}/.well-known/jwks.json`, issuer: url, audience: url } as const
  expect(await byJsonwebtoken([(await tokenOf(services.EdDSA)).token], terms)).toEqual([null])
})
