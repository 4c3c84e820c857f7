import * as openid from 'openid-client'

/** Holds what an app keeps of its request, to check the answer by it. */
interface KeptOfRequest {
  readonly pkceCodeVerifier: string
  readonly expectedState: string
  readonly expectedNonce: string
}

/** Returns where an app of `openid-client` sends a person to sign in, and what the app keeps. */
export async function openIdRequest(
  config: openid.Configuration,
  parameters: Readonly<Record<string, string>>,
): Promise<{ readonly start: URL; readonly kept: KeptOfRequest }> {
  const kept = {
    pkceCodeVerifier: openid.randomPKCECodeVerifier(),
    expectedState: openid.randomState(),
    expectedNonce: openid.randomNonce(),
  }
  const start = openid.buildAuthorizationUrl(config, {
    ...parameters,
    code_challenge: await openid.calculatePKCECodeChallenge(kept.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: kept.expectedState,
    nonce: kept.expectedNonce,
  })
  return { start, kept }
}
