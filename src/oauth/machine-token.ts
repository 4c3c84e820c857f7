import { SignJWT } from 'jose'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { SigningKeys } from '../keys/signing-keys'
import type { Clock } from '../runtime/clock'
import { accessTokenHeader } from '../tokens/check-access-token'

/** Whom an access token speaks of that no sign-in stands behind. */
export interface TokenSubject {
  /** The client itself (RFC 9068 §2.2), or the account whose key it is. */
  readonly subject: string
  readonly clientId: string
  readonly scope: string
  readonly resource: string
  /** The token never outlives this instant; `null`: nothing ends before it. */
  readonly endsAt: number | null
}

/**
 * The access tokens that no person signed in for. They have no `sid`, no `auth_time` and no `acr`, which every check of a person's token
 * requires.
 */
export interface MachineTokens {
  /** Makes sure that a token can be issued. @throws {StoreUnavailable} */
  ready(): Promise<void>
  /** Returns a new token, and its life in seconds. @throws {StoreUnavailable} */
  issue(subject: TokenSubject): Promise<{ token: string; expiresInSeconds: number }>
}

export function createMachineTokens({
  keys,
  issuer,
  lifetimeSeconds,
  clock,
}: {
  readonly keys: SigningKeys
  readonly issuer: string
  readonly lifetimeSeconds: number
  readonly clock: Clock
}): MachineTokens {
  return {
    async ready() {
      await keys.signer()
    },

    async issue({ subject, clientId, scope, resource, endsAt }) {
      const now = clock()
      const signer = await keys.signer()
      const expiresAt = Math.min(now + lifetimeSeconds, endsAt ?? Number.MAX_SAFE_INTEGER)
      const claims = {
        iss: issuer,
        // guard: a machine’s token is for one resource
        aud: resource,
        sub: subject,
        client_id: clientId,
        scope,
        iat: now,
        exp: expiresAt,
        jti: encodeBase64url(randomBytes(16)),
      }
      const token = await new SignJWT(claims)
        .setProtectedHeader(accessTokenHeader(keys.alg, signer.kid))
        .sign(signer.key)
      return { token, expiresInSeconds: expiresAt - now }
    },
  }
}
