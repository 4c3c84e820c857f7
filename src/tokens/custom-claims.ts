/** Claims of the app beside Janus: plain JSON. */
export type CustomClaims = Readonly<Record<string, unknown>>

/** Describes the account whose claims are requested. No personal data: a token travels further than one thinks. */
export interface ClaimsSubject {
  readonly userId: string
  readonly sessionId: string
  readonly roles: readonly string[]
}

/** Returns the claims of an account, or throws; then there is no token, and a session opens nothing. */
export type MakeClaims = (subject: ClaimsSubject) => CustomClaims | Promise<CustomClaims>

/** Returns claims that fit into a token. */
export type BoundClaims = (subject: ClaimsSubject) => Promise<CustomClaims>

/** Every request carries them, and roles take as much. */
export const CUSTOM_CLAIMS_MAX_BYTES = 1024

/** The function of the app gave what no token can carry. */
export class ClaimsRefused extends Error {
  override readonly name = 'ClaimsRefused'
}

/**
 * Bounds what a function of the app returns, and returns it as it comes out of a token, so that both modes give the same.
 *
 * @throws {ClaimsRefused} In the function returned: not a plain object, or longer than {@link CUSTOM_CLAIMS_MAX_BYTES} as JSON.
 */
export function boundClaims(make: MakeClaims): BoundClaims {
  return async ({ userId, sessionId, roles }) => {
    const json = JSON.stringify(await make({ userId, sessionId, roles })) ?? ''
    if (!json.startsWith('{')) throw new ClaimsRefused('claims must return an object')
    const length = new TextEncoder().encode(json).byteLength
    if (length > CUSTOM_CLAIMS_MAX_BYTES) {
      throw new ClaimsRefused(`claims returned ${length} bytes of JSON; at most ${CUSTOM_CLAIMS_MAX_BYTES}`)
    }
    return JSON.parse(json) as CustomClaims
  }
}
