import { hashSecretText } from '../../links/one-time-token'
import type { SignInCodes } from '../../links/sign-in-code'
import type { AccountKeys } from '../../throttling/account-key'
import { sourcesOf } from '../../throttling/source-limit'
import type { RefusedAttempt } from './attempt-password'
import { type LinkArrival, type LinkSignIn, useLink } from './mailed-link'

type CodeServices = Parameters<typeof useLink>[0] & {
  readonly signInCodes: SignInCodes
  readonly accountKeys: AccountKeys
}

export type CodeSignIn =
  | LinkSignIn
  | Extract<RefusedAttempt, { outcome: 'throttled' }>
  | { readonly outcome: 'invalid-code' }

/**
 * Signs in with the code of a sign-in link, typed where the link was asked for. It is the link's other half: it is valid as long, uses the
 * link up, and is worth nothing without the secret of the browser or client that asked. Whether there is no such link, its code was tried
 * too often or is another, is one answer, after the same round trip. The source is charged for every try, whatever becomes of it.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithCode(
  services: CodeServices,
  input: LinkArrival & { readonly code: string },
): Promise<CodeSignIn> {
  const { links, signInCodes, accountKeys, clock, log } = services
  const { code, binding, source } = input
  const now = clock()
  const bindingHash = binding === null ? null : await hashSecretText(binding)
  // Without a well-formed secret there is nothing to guess at.
  if (bindingHash === null) return { outcome: 'invalid-code' }
  const tried = await links.tryCode({ bindingHash, sources: await sourcesOf(accountKeys, source), now })
  if (tried.outcome === 'source-throttled') {
    log('client-throttled', { request_id: source.requestId })
    return { outcome: 'throttled', retryAfterSeconds: tried.retryAfterSeconds }
  }
  const counted = tried.outcome === 'counted' ? tried : null
  if (!(await signInCodes.matches(code, counted)) || !counted) return { outcome: 'invalid-code' }
  const attempt = await useLink(services, { ...counted, now }, input, null)
  return attempt && attempt.outcome !== 'invalid-link' ? attempt : { outcome: 'invalid-code' }
}
