import { hashSecretText } from '../../links/one-time-token'
import type { SignInCodes } from '../../links/sign-in-code'
import { type LinkSignIn, useLink } from './sign-in-link'

type CodeServices = Parameters<typeof useLink>[0] & { readonly signInCodes: SignInCodes }

/**
 * Signs in with the code of a sign-in link, typed where the link was asked for. It is the link's other half: it is valid as long, uses the
 * link up, and is worth nothing without the secret of the browser or client that asked. Whether there is no such link, its code was tried
 * too often or is another, is one answer.
 *
 * @throws {StoreUnavailable}
 */
export async function signInWithCode(
  services: CodeServices,
  input: Parameters<typeof useLink>[2] & { readonly code: string },
): Promise<LinkSignIn | { readonly outcome: 'invalid-code' }> {
  const { links, signInCodes, clock } = services
  const { code, binding } = input
  const now = clock()
  const bindingHash = binding === null ? null : await hashSecretText(binding)
  const tried = bindingHash === null ? null : await links.tryCode(bindingHash, now)
  if (!(await signInCodes.matches(code, tried)) || !tried) return { outcome: 'invalid-code' }
  const attempt = await useLink(services, { ...tried, now }, input, null)
  return attempt?.outcome === 'signed-in' ? attempt : { outcome: 'invalid-code' }
}
