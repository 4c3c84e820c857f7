import type { ServerResponse } from 'node:http'
import { type CryptoKey, decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose'

type Claims = Record<string, unknown>

/** The change that is made to an answer of the provider. */
interface Means {
  /** The one that signs for the provider. */
  readonly key: CryptoKey
  /** The one that Janus and the provider share. */
  readonly secret: string
}

/** Says how the claims of an ID token are bent. It is signed again, by the key of the provider. */
const CLAIMS: Readonly<Record<string, (claims: Claims) => Claims>> = {
  issuer: (claims) => ({ ...claims, iss: 'https://evil.example' }),
  audience: (claims) => ({ ...claims, aud: 'another' }),
  party: (claims) => ({ ...claims, aud: [claims.aud, 'another'], azp: 'another' }),
  nonce: (claims) => ({ ...claims, nonce: 'another' }),
  'no-nonce': ({ nonce: _, ...claims }) => claims,
  expired: (claims) => ({ ...claims, iat: 1_700_000_000, exp: 1_700_000_300 }),
  'at-hash': (claims) => ({ ...claims, at_hash: 'another' }),
  apple: (claims) => ({
    ...claims,
    iss: 'https://appleid.apple.com',
    email: `${claims.sub}@panva.example`,
    email_verified: 'true',
  }),
}

/** Says how the signature of an ID token is bent. Its claims are right. */
const SIGNATURES: Readonly<Record<string, (claims: Claims, means: Means) => Promise<string>>> = {
  key: async (claims) => sign(claims, (await generateKeyPair('RS256')).privateKey),
  kid: (claims, { key }) => sign(claims, key, { kid: 'two' }),
  hmac: (claims, { secret }) => sign(claims, new TextEncoder().encode(secret), { alg: 'HS256' }),
  none: async (claims) => `${[{ alg: 'none' }, claims].map(encode).join('.')}.`,
}

/** Says how UserInfo is bent. */
const USERINFO: Readonly<Record<string, (claims: Claims) => Claims>> = {
  text: (claims) => ({ ...claims, email_verified: 'true' }),
  unproven: (claims) => ({ ...claims, email_verified: false }),
  domain: ({ sub, ...claims }) => ({ ...claims, sub, email: `${sub}@another.example` }),
  subject: (claims) => ({ ...claims, sub: 'another' }),
}

/** Names every way in which an answer is bent: `audience` for whoever signs in as `audience.ada`. */
export const BENT = [...Object.keys(CLAIMS), ...Object.keys(SIGNATURES), ...Object.keys(USERINFO)]

/** Lets the provider answer, and bends what it says of people whose name begins with a way to bend it. */
export function bendAnswers(response: ServerResponse, means: Means): void {
  const end = response.end.bind(response) as (body?: unknown) => ServerResponse
  response.end = ((body?: unknown) => {
    if (!/^application\/json/.test(String(response.getHeader('Content-Type')))) return end(body)
    void bend(JSON.parse(String(body)), means).then((bent) => {
      const text = JSON.stringify(bent)
      response.setHeader('Content-Length', Buffer.byteLength(text))
      end(text)
    })
    return response
  }) as ServerResponse['end']
}

async function bend(body: Claims, means: Means): Promise<Claims> {
  const idToken = typeof body.id_token === 'string' ? body.id_token : null
  const claims: Claims = idToken === null ? body : decodeJwt(idToken)
  const way = String(claims.sub).split('.')[0] ?? ''
  if (idToken === null) return USERINFO[way]?.(body) ?? body
  const header = decodeProtectedHeader(idToken)
  const [bentClaims, bentSignature] = [CLAIMS[way], SIGNATURES[way]]
  if (bentClaims) return { ...body, id_token: await sign(bentClaims(claims), means.key, header) }
  return bentSignature ? { ...body, id_token: await bentSignature(claims, means) } : body
}

function sign(claims: Claims, key: CryptoKey | Uint8Array, header: object = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key)
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
