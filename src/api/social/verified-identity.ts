import type { Context } from 'hono'
import { Problem } from '../../http/problem'
import { requestIdOf } from '../../request-source/request-id'
import type { Services, SocialPart } from '../../services'
import type { SocialAttempt } from '../../social/attempt'
import type { Identity } from '../../social/provider'
import { orUnavailable, providerNamed, redirectUriOf } from './ask-provider'

/** Returns the attempt that `state` names. @throws {Problem} `sign-in-expired`. */
export async function openAttempt(
  { seals, clock }: SocialPart & Pick<Services, 'clock'>,
  state: string | undefined,
) {
  const attempt = state === undefined ? null : await seals.attempts.open(state, clock())
  if (attempt) return attempt
  const detail = 'It took too long, or did not begin here. Sign in again.'
  throw new Problem('sign-in-expired', { detail })
}

/** Takes an answer to its provider, and returns who it is about. @throws {Problem} */
export async function verifiedIdentity(
  c: Context,
  services: Services & SocialPart,
  attempt: SocialAttempt,
  { profile, ...answer }: Readonly<Record<string, string | undefined>>,
): Promise<Identity> {
  const { seals, log, clock } = services
  const provider = providerNamed(services, attempt.provider)
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(answer)) if (value !== undefined) parameters.set(name, value)
  const stated = profile === undefined ? null : await seals.names.open(profile, clock())
  const statedName = stated?.attemptId === attempt.id ? stated.name : null
  const { nonce, verifier } = attempt
  const redirectUri = redirectUriOf(services, provider.name)
  const request = { state: answer.state ?? '', nonce, verifier, redirectUri }
  const identified = await orUnavailable(c, services, provider, () =>
    provider.identify({ ...request, parameters, statedName }),
  )
  if (identified.outcome === 'identified') return identified.identity
  if (identified.outcome === 'denied') throw new Problem('social-cancelled')
  // The reason is for the operator: whoever forges answers learns nothing by them.
  log('social-refused', { request_id: requestIdOf(c), provider: provider.name, reason: identified.reason })
  throw new Problem('social-refused')
}
