import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { SigningKeys } from '../keys/signing-keys'
import type { Clock } from '../runtime/clock'
import { assuranceOf } from '../sessions/assurance'
import { accessTokenHeader } from '../tokens/check-access-token'
import { signJwt } from '../tokens/jwt'
import type { Grant } from './oauth-store'

/** The access tokens of clients (RFC 9068). Their audience is the resource, so Janus's own routes reject them. */
export interface ClientTokens {
  /** Makes sure that a token can be issued. @throws {StoreUnavailable} */
  ready(): Promise<void>
  /** Returns a new token for a grant, with its scope or a part of it, and its life in seconds. @throws {StoreUnavailable} */
  issue(grant: Pick<Grant, 'live' | 'clientId' | 'resource' | 'subject'>, scope: string): Promise<IssuedToken>
  /**
   * Returns a new token with which a client acts for itself, so that its subject is the client (RFC 9068 §2.2). It has no `sid`, no `auth_time` and
   * no `acr`, which every check of a person's token requires. @throws {StoreUnavailable}
   */
  issueToClient(client: {
    readonly clientId: string
    readonly scope: string
    readonly resource: string
  }): Promise<IssuedToken>
}

export interface IssuedToken {
  readonly token: string
  readonly expiresInSeconds: number
}

/** Returns the audience of tokens that open UserInfo, and nothing else. */
export function userInfoOf(issuer: string): string {
  return `${issuer}/oauth/userinfo`
}

export function createClientTokens({
  keys,
  issuer,
  lifetimeSeconds,
  clock,
}: {
  readonly keys: SigningKeys
  readonly issuer: string
  /** As those of Janus itself: a key leaves the key set when the last token of that life has ended. */
  readonly lifetimeSeconds: number
  readonly clock: Clock
}): ClientTokens {
  /** Signs what a token says of its own, and what every token says. It never outlives `endsAt`. */
  async function sign(
    own: { readonly aud: string; readonly sub: string; readonly client_id: string; readonly scope: string },
    endsAt: number,
  ): Promise<IssuedToken> {
    const now = clock()
    const signer = await keys.signer()
    const expiresAt = Math.min(now + lifetimeSeconds, endsAt)
    const claims = { ...own, iss: issuer, iat: now, exp: expiresAt, jti: encodeBase64url(randomBytes(16)) }
    const token = await signJwt(claims, accessTokenHeader(keys.alg, signer.kid), signer.key)
    return { token, expiresInSeconds: expiresAt - now }
  }

  return {
    async ready() {
      await keys.signer()
    },

    async issue({ live: { session }, clientId, resource, subject }, scope) {
      const { amr, acr, authenticatedAt } = assuranceOf(session.methods)
      const own = {
        // guard: a token is for one resource
        aud: resource ?? userInfoOf(issuer),
        sub: subject,
        client_id: clientId,
        scope,
        sid: session.id,
        auth_time: authenticatedAt,
        amr,
        acr,
      }
      return sign(own, session.expiresAt)
    },

    issueToClient({ clientId, scope, resource }) {
      const own = {
        // guard: a machine’s token is for one resource
        aud: resource,
        sub: clientId,
        client_id: clientId,
        scope,
      }
      return sign(own, Number.MAX_SAFE_INTEGER)
    },
  }
}
