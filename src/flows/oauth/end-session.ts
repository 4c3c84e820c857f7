import { isClientId } from '../../oauth/client'
import type { IdTokens } from '../../oauth/id-token'
import type { AskedFacts, OAuthStore } from '../../oauth/oauth-store'
import type { Clock } from '../../runtime/clock'

export interface EndSessionServices {
  readonly oauth: OAuthStore
  readonly idTokens: Pick<IdTokens, 'readHint'>
  readonly clock: Clock
}

/** Holds what a client sends to sign a person out (OpenID Connect RP-Initiated Logout 1.0 §2); `null` for each parameter that it left out. */
export interface LogoutRequest {
  readonly idTokenHint: string | null
  readonly clientId: string | null
  readonly redirectUri: string | null
  readonly state: string | null
}

export type LogoutDecision =
  /** A person reads why. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** The client has shown that it knows who is signed in: the session ends unasked. */
  | { readonly outcome: 'end'; readonly target: string | null }
  | {
      readonly outcome: 'ask'
      readonly target: string | null
      readonly person: NonNullable<AskedFacts['person']>
    }
  /** Nobody is signed in. */
  | { readonly outcome: 'over'; readonly target: string | null }

/** Decides about a request to sign out. One trip to the store. @throws {StoreUnavailable} */
export async function decideLogout(
  { oauth, idTokens, clock }: EndSessionServices,
  { idTokenHint, clientId, redirectUri, state }: LogoutRequest,
  sessionId: string | null,
): Promise<LogoutDecision> {
  const refused = (why: string): LogoutDecision => ({ outcome: 'refused', why })
  // A hint that does not verify is none: it may be of before a rotation of keys, and the person can still be asked.
  const hint = idTokenHint === null ? null : await idTokens.readHint(idTokenHint)
  const named = hint?.clientId ?? clientId
  // guard: a sign-out is asked for by the client of its hint
  if (clientId !== null && clientId !== named) return refused('The app is not the one of its ID token.')
  const { client, person, subject } = await oauth.findAsked({
    clientId: named !== null && isClientId(named) ? named : '',
    sessionId,
    resource: null,
    now: clock(),
  })
  // guard: nobody is led after a sign-out but to a URI that the client registered
  if (redirectUri !== null && client !== null && !client.postLogoutRedirectUris.includes(redirectUri))
    return refused('Send post_logout_redirect_uri as the client registered it, byte for byte.')
  const target = redirectUri === null || client === null ? null : withState(redirectUri, state)
  if (person === null) return { outcome: 'over', target }
  // guard: a sign-out is unasked only for the person of its hint
  if (hint !== null && hint.subject === subject) return { outcome: 'end', target }
  return { outcome: 'ask', target, person }
}

function withState(uri: string, state: string | null): string {
  if (state === null) return uri
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}
