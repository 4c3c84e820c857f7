import { type OAuthError, oauthError } from './oauth-error'

/** A service that takes tokens of Janus, and what can be asked for there. Settings name them. */
export interface Resource {
  /** Its identifier (RFC 8707 §2), and the audience of its tokens. */
  readonly uri: string
  readonly scopes: readonly string[]
}

/** Holds what a client requests: the words of `scope`, and a resource. */
export interface Asked {
  /** `null`: nothing was said. */
  readonly scope: string | null
  readonly resource: string | null
}

export interface Granted {
  readonly scope: string
  /** `null`: none; its access tokens open UserInfo. */
  readonly resource: string | null
}

/** Asks for an ID token, and lets scopes ask for claims about the person (OpenID Connect Core §3.1.2.1). */
export const OPENID = 'openid'

/** Ask for claims about the person: see person-claims.ts. */
export const PERSON_SCOPES = ['profile', 'email'] as const

/** Lets a grant outlive the sign-in that it came from (OpenID Connect Core §11). */
export const OFFLINE_ACCESS = 'offline_access'

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

/** Returns the words of a scope, each once; `null` if it is not of the grammar. */
export function parseScope(text: string): readonly string[] | null {
  return SCOPE.test(text) ? [...new Set(text.split(' '))] : null
}

/**
 * Returns what a client can be granted of what it asks for: what the resource has, what OpenID Connect has, and the client is registered for. The
 * rest is left out, and the token response says what was granted (RFC 6749 §3.3). Where no scope is named, everything is that the client may ask
 * of the resource. Without a resource there is OpenID Connect alone.
 */
export function grantable(
  asked: Asked,
  client: { readonly scopes: readonly string[] },
  resources: readonly Resource[],
): Granted | OAuthError {
  const { resource: uri } = asked
  // guard: a token is for a resource that settings name
  const resource = resources.find((each) => each.uri === uri) ?? null
  const scopes = resource?.scopes ?? []
  const words = asked.scope === null ? scopes : parseScope(asked.scope)
  if (words === null) return oauthError('invalid_scope', 'Send scope as words separated by single spaces.')
  if (resource === null && (uri !== null || !words.includes(OPENID)))
    return oauthError(
      'invalid_target',
      uri === null
        ? 'Send resource, one of OAUTH_RESOURCES. Only a scope with openid needs none.'
        : 'Send resource as OAUTH_RESOURCES has it, byte for byte.',
    )
  // guard: a client is granted no scope that it is not registered for
  const registered = words.filter((word) => client.scopes.includes(word))
  const person = registered.includes(OPENID) ? [OPENID, ...PERSON_SCOPES] : []
  const offered = [...scopes, ...person, OFFLINE_ACCESS]
  const granted = registered.filter((word) => offered.includes(word))
  if (granted.every((word) => word === OFFLINE_ACCESS))
    return oauthError('invalid_scope', 'This client may ask for none of these scopes at this resource.')
  return { scope: granted.join(' '), resource: resource?.uri ?? null }
}

/** Returns the scope of a token that a client asks for later: what it was granted, or a part of it (RFC 6749 §6); `null` if it asks for more. */
export function narrowed(granted: string, asked: string | null): string | null {
  if (asked === null) return granted
  const words = parseScope(asked)
  // guard: a refresh widens nothing
  return words?.every((word) => includesScope(granted, word)) ? words.join(' ') : null
}

/** Returns the words that a token for a resource can be for. */
export function servedWords({ scopes }: Resource): readonly string[] {
  return [...scopes, OPENID, ...PERSON_SCOPES]
}

/** Returns what the settings still have of a scope that was granted. */
export function servedScope(
  granted: string,
  uri: string | null,
  resources: readonly Resource[],
): string | OAuthError {
  if (uri === null) return granted
  const resource = resources.find((each) => each.uri === uri)
  // guard: no token is issued for a resource that settings name no more
  if (!resource) return oauthError('invalid_target', 'The resource is none of this server any more.')
  const there = [...servedWords(resource), OFFLINE_ACCESS]
  // guard: no token is issued with a scope that its resource has no more
  const words = granted.split(' ').filter((word) => there.includes(word))
  if (words.every((word) => word === OFFLINE_ACCESS))
    return oauthError('invalid_scope', 'The resource has none of these scopes any more.')
  return words.join(' ')
}

/** Returns whether a scope has a word. */
export function includesScope(scope: string, word: string): boolean {
  return scope.split(' ').includes(word)
}

/** Returns whether a scope covers all of another. */
export function covers(scope: string, other: string): boolean {
  return other.split(' ').every((word) => includesScope(scope, word))
}
