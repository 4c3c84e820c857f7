import type { JWK } from 'jose'
import * as v from 'valibot'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { sha256 } from '../crypto/sha256'
import type { IdTokenAlg } from '../keys/signing-key-store'
import type { SigningKeys } from '../keys/signing-keys'
import type { Clock } from '../runtime/clock'
import { assuranceOf } from '../sessions/assurance'
import { signJwt, verifyJwt } from '../tokens/jwt'
import type { Grant } from './oauth-store'
import type { PersonClaims } from './person-claims'

/** Signs what Janus says to clients about people: ID tokens (OpenID Connect Core §2) and logout tokens (Back-Channel Logout 1.0 §2.4). */
export interface IdTokens {
  /** Makes sure that what is stored of the keys is at hand. @throws {StoreUnavailable} */
  ready(): Promise<void>
  /** @throws {StoreUnavailable} */
  issue(told: ToldInIdToken): Promise<string>
  /** @throws {StoreUnavailable} */
  issueLogout(notice: LogoutFacts): Promise<string>
  /** Returns whom an ID token was about, expired or not; `null` if it is none of this service. @throws {StoreUnavailable} */
  readHint(text: string): Promise<IdTokenHint | null>
  /** Returns the public keys. @throws {StoreUnavailable} */
  keySet(): Promise<readonly JWK[]>
  /** Does what is due in the background. @throws {StoreUnavailable} */
  sweep(): Promise<void>
}

export interface ToldInIdToken {
  readonly grant: Grant
  /** As the client sent it; `null`: none, or not at the first time. */
  readonly nonce: string | null
  /** That is given out along with it. */
  readonly accessToken: string
  /** Those of the person that the client asked for here, and was granted. */
  readonly person: PersonClaims
}

/** A client is told that what it was granted has ended. */
export interface LogoutFacts {
  readonly clientId: string
  readonly grantId: string
  /** `null`: the account is gone. */
  readonly subject: string | null
  readonly alg: IdTokenAlg
}

/** Holds what an ID token says, once its signature was verified. */
export interface IdTokenHint {
  readonly clientId: string
  readonly subject: string
  readonly grantId: string
}

/** The keys of ID tokens. They sign no access token. */
export type IdTokenKeys = { readonly [Alg in IdTokenAlg]: SigningKeys<Alg> }

const TYP = 'JWT'
const LOGOUT_TYP = 'logout+jwt'

/** Back-Channel Logout 1.0 §2.4: at most two minutes. */
const LOGOUT_SECONDS = 120

export const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'

export function createIdTokens({
  keys,
  issuer,
  lifetimeSeconds,
  clock,
}: {
  readonly keys: IdTokenKeys
  readonly issuer: string
  readonly lifetimeSeconds: number
  readonly clock: Clock
}): IdTokens {
  const each: readonly SigningKeys<IdTokenAlg>[] = Object.values(keys)

  async function sign(alg: IdTokenAlg, typ: string, claims: object): Promise<string> {
    const signer = await keys[alg].signer()
    return signJwt(claims, { alg, typ, kid: signer.kid }, signer.key)
  }

  return {
    async ready() {
      await Promise.all(each.map((own) => own.keySet()))
    },

    async issue({ grant, nonce, accessToken, person }) {
      const now = clock()
      const { session } = grant.live
      const { amr, acr, authenticatedAt } = assuranceOf(session.methods)
      return sign(grant.idTokenAlg, TYP, {
        ...person,
        iss: issuer,
        sub: grant.subject,
        aud: grant.clientId,
        iat: now,
        exp: now + lifetimeSeconds,
        auth_time: authenticatedAt,
        amr,
        acr,
        sid: session.id,
        at_hash: await leftHalf(accessToken),
        ...(nonce !== null && { nonce }),
      })
    },

    issueLogout({ clientId, grantId, subject, alg }) {
      const now = clock()
      return sign(alg, LOGOUT_TYP, {
        iss: issuer,
        ...(subject !== null && { sub: subject }),
        aud: clientId,
        iat: now,
        exp: now + LOGOUT_SECONDS,
        jti: encodeBase64url(randomBytes(16)),
        sid: grantId,
        events: { [LOGOUT_EVENT]: {} },
      })
    },

    async readHint(text) {
      for (const { alg, verifier } of each) {
        const findKey = async ({ kid = '' }: { readonly kid?: string }) => {
          const key = await verifier(kid)
          if (key === null) throw new TypeError('No key of an ID token')
          return key
        }
        const requiredClaims = ['aud', 'sub', 'sid', 'exp']
        const expected = { algorithms: [alg], issuer, audience: null, requiredClaims, now: clock() }
        // guard: a logout token is no hint
        const jwt = await verifyJwt(text, findKey, { ...expected, typ: TYP })
        if (!jwt.ok && jwt.refusal !== 'expired') continue
        const hint = v.safeParse(Hint, jwt.payload)
        if (hint.success)
          return { clientId: hint.output.aud, subject: hint.output.sub, grantId: hint.output.sid }
      }
      return null
    },

    async keySet() {
      const sets = await Promise.all(each.map((own) => own.keySet()))
      return sets.flatMap((set) => set ?? [])
    },

    async sweep() {
      for (const own of each) await own.sweep()
    },
  }
}

const Hint = v.object({ aud: v.string(), sub: v.string(), sid: v.string() })

/** Returns the hash of an access token (OpenID Connect Core §3.1.3.6). Both algorithms use SHA-256. */
async function leftHalf(token: string): Promise<string> {
  return encodeBase64url((await sha256(new TextEncoder().encode(token))).slice(0, 16))
}
