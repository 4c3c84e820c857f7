import * as oauth from 'oauth4webapi'
import { parseEmailAddress } from '../identity/email-address'
import { readClaimedName } from './claimed-name'
import { createEgress } from './egress'
import { refused, refusedUnlessValid } from './openid-provider'
import type { ClientSettings, ProviderParts } from './openid-providers'
import { type Provider, ProviderUnavailable } from './provider'

const GITHUB = {
  issuer: 'https://github.com',
  authorization_endpoint: 'https://github.com/login/oauth/authorize',
  token_endpoint: 'https://github.com/login/oauth/access_token',
} as const satisfies oauth.AuthorizationServer

const API = 'https://api.github.com'

/** Makes GitHub, which speaks OAuth and no OpenID Connect: who signed in is asked of its API. */
export function createGitHub(
  { name, label, clientId, clientSecret }: ClientSettings,
  way: ProviderParts,
): Provider {
  const egress = createEgress([GITHUB.issuer, API], way)
  const client: oauth.Client = { client_id: clientId }
  const options: oauth.TokenEndpointRequestOptions = {
    [oauth.customFetch]: (url, init) => egress(url, init as RequestInit),
  }

  return {
    name,
    label,
    postsAnswers: false,

    async authorizationUrl({ redirectUri, state, verifier }) {
      const url = new URL(GITHUB.authorization_endpoint)
      const parameters = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'read:user user:email',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }
      for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
      return url
    },

    identify: ({ parameters, state, redirectUri, verifier }) =>
      refusedUnlessValid(async () => {
        const code = oauth.validateAuthResponse(GITHUB, client, parameters, state)
        const auth = oauth.ClientSecretPost(clientSecret)
        const response = await oauth.authorizationCodeGrantRequest(
          GITHUB,
          client,
          auth,
          code,
          redirectUri,
          verifier,
          options,
        )
        // A refusal comes with status 200, and without an access token.
        const { access_token } = await oauth.processAuthorizationCodeResponse(GITHUB, client, response)
        const user = await ask(access_token, '/user')
        const { id, name: statedName } = user as { readonly id?: unknown; readonly name?: unknown }
        // Names of accounts are given to others once they are free; numbers are not.
        if (typeof id !== 'number' || !Number.isSafeInteger(id)) return refused('subject')
        const primary = primaryAddress(await ask(access_token, '/user/emails'))
        const email = primary === null ? null : parseEmailAddress(primary)
        const identity = { issuer: GITHUB.issuer, subject: String(id), email, emailProven: email !== null }
        return { outcome: 'identified', identity: { ...identity, name: readClaimedName(statedName) } }
      }),
  }

  async function ask(accessToken: string, path: string): Promise<unknown> {
    const headers = {
      Accept: 'application/vnd.github+json',
      Authorization: `Bearer ${accessToken}`,
      // GitHub answers 403 without one.
      'User-Agent': 'janus',
    }
    const response = await egress(`${API}${path}`, { headers })
    const body: unknown = response.ok ? await response.json().catch(() => null) : null
    if (typeof body !== 'object' || body === null) throw new ProviderUnavailable('api')
    return body
  }
}

/** Returns the address that mail of GitHub goes to, if its owner has verified it; never another of the list. */
function primaryAddress(entries: unknown): string | null {
  if (!Array.isArray(entries)) return null
  // guard: an address at GitHub counts if it is primary and verified
  const primary = entries.find((entry) => entry?.primary === true && entry.verified === true)
  return typeof primary?.email === 'string' ? primary.email : null
}
