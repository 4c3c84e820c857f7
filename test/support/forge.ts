import type { JWK } from 'jose'
import { beforeAll, expect, it } from 'vitest'
import { encodeBase64url, parseBase64url } from '../../src/crypto/base64url'
import { expectProblem, type Person, type SignedIn, send, signedInPerson } from './person'
import { deployed, ownService } from './service'

export type Json = Readonly<Record<string, unknown>>

/** An access token taken apart, and what is needed to make variations of it that no library would. */
export interface Forge {
  /** The token as it was issued. */
  readonly token: string
  readonly header: Json
  readonly claims: Json
  readonly signature: Uint8Array<ArrayBuffer>
  /** The public key as the key set has it. */
  readonly publicJwk: JWK
  /** A token of this header and these claims, under the key that the service itself signs with. */
  sign(header: Json | string, claims: Json | string): Promise<string>
  /** The token with other claims, under the service's key; `undefined` drops a claim. */
  signClaims(changes: Json): Promise<string>
  /** The token with other header members, under the service's key; `undefined` drops a member. */
  signHeader(changes: Json): Promise<string>
}

/** Returns a forge for the access token of a client that signed in at `deployed`. */
export async function createForge({ answer }: Pick<SignedIn, 'answer'>): Promise<Forge> {
  const token: string = answer.body.access_token
  const [header = '', claims = '', signature = ''] = token.split('.')
  // The same database and secret as `deployed`, so the same key.
  const { signingKeys } = ownService().services
  const { kid, key } = await signingKeys.signer()
  const publicJwk = (await signingKeys.keySet())?.find((jwk) => jwk.kid === kid)
  if (!publicJwk) throw new Error('The key that signs is not published')
  const forge = {
    token,
    header: decodePart(header),
    claims: decodePart(claims),
    signature: decodeBytes(signature),
    publicJwk,
  }
  const sign: Forge['sign'] = (first, second) => signWith(key, first, second)
  return {
    ...forge,
    sign,
    signClaims: (changes) => sign(forge.header, { ...forge.claims, ...changes }),
    signHeader: (changes) => sign({ ...forge.header, ...changes }, forge.claims),
  }
}

/** Base64url of bytes, of text as it is, or of a value as JSON. */
export function encodePart(part: Json | string | Uint8Array): string {
  if (part instanceof Uint8Array) return encodeBase64url(part)
  return encodeBase64url(new TextEncoder().encode(typeof part === 'string' ? part : JSON.stringify(part)))
}

export function decodePart(text: string): Json {
  return JSON.parse(new TextDecoder().decode(decodeBytes(text)))
}

export function decodeBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = parseBase64url(text)
  if (!bytes) throw new Error(`Not base64url: ${text}`)
  return bytes
}

/** Returns a compact JWS under any key. */
export function signWith(key: CryptoKey, header: Json | string, claims: Json | string): Promise<string> {
  return signParts(key, encodePart(header), encodePart(claims))
}

/** Returns a compact JWS over parts that are encoded already, well or badly. */
export async function signParts(key: CryptoKey, header: string, claims: string): Promise<string> {
  const input = `${header}.${claims}`
  const algorithm = key.algorithm.name === 'ECDSA' ? { name: 'ECDSA', hash: 'SHA-256' } : key.algorithm.name
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(input))
  return `${input}.${encodePart(new Uint8Array(signature))}`
}

export function importHmacKey(secret: Uint8Array<ArrayBuffer> | string, hash: string): Promise<CryptoKey> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign'])
}

export async function generateEcKeyPair(): Promise<CryptoKeyPair> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  return (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
}

/** Says where a bearer token is asked for, or may be given: a protected route, an open one, one that changes something. */
const BEARER_ROUTES = [
  ['GET', '/me'],
  ['GET', '/'],
  ['POST', '/logout/all'],
] as const

/** Asserts that a token opens nothing, and that the session of its person is as it was. */
export async function expectOpensNothing(
  token: string,
  { person, code = 'invalid-token' }: { person: Person; code?: 'invalid-token' | 'token-expired' },
): Promise<void> {
  for (const [method, path] of BEARER_ROUTES) {
    const answer = await send(deployed, method, path, { headers: { Authorization: `Bearer ${token}` } })
    expectProblem(answer, 401, code)
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"')
  }
  // The header's own grammar refuses some before they are looked at; the check does not lean on it.
  const refusal = code === 'token-expired' ? 'expired' : 'invalid'
  expect(await ownService().services.accessTokens.check(token)).toMatchObject({ ok: false, refusal })
  // Nor does it end anything, unless it is one of ours that was good once.
  if (refusal === 'invalid') {
    const headers = { Authorization: `Bearer ${token}` }
    expectProblem(await send(deployed, 'POST', '/logout', { headers }), 401, 'invalid-token')
  }
  expect(await person.get('/me')).toMatchObject({ status: 200, body: { session: { id: person.sessionId } } })
}

export type Attack = (forge: Forge) => string | Promise<string>

/**
 * Defines a test for each attack, by name: its token opens nothing. They share one person, who is shown after each to be signed in as
 * before: what is refused changes nothing.
 */
export function refuses(
  attacks: Readonly<Record<string, Attack>>,
  { code = 'invalid-token' }: { code?: 'invalid-token' | 'token-expired' } = {},
): void {
  let person: Person
  let forge: Forge
  beforeAll(async () => {
    person = await signedInPerson({ mode: 'token' })
    forge = await createForge(person)
  })

  it.each(Object.entries(attacks))('%s', async (_, attack) => {
    await expectOpensNothing(await attack(forge), { person, code })
  })
}
