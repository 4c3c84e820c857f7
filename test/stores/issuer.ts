import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { bendAnswers } from './bent-answers.ts'

/** The credentials that the provider gave to Janus. */
export const CLIENT_SETTINGS = { CLIENT_ID: 'janus', CLIENT_SECRET: 'a-secret-of-thirty-two-characters' }

/** Janus as Apple knows it. The answer comes as a form from the site of the provider. */
const APPLE_CLIENT = {
  client_id: 'com.example.janus',
  client_secret: CLIENT_SETTINGS.CLIENT_SECRET,
  redirect_uris: ['https://auth.example.com/login/social/apple/callback'],
  token_endpoint_auth_method: 'client_secret_post',
}

/** A provider of others, on a port of its own. */
export interface ForeignIssuer {
  readonly issuer: string
  /** Makes Janus its client, once it is known where that is. */
  register(redirectUri: string): void
  stop(): void
}

/**
 * Starts panva's OpenID provider, as its documentation sets it up. Anybody may sign in there as anybody. Its answers are bent for those whose
 * name says so (bent-answers.ts).
 */
export async function startIssuer(): Promise<ForeignIssuer> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  let handle: ReturnType<Provider['callback']> | null = null
  const server = createHttpServer((request, response) => {
    bendAnswers(response, { key: privateKey, secret: CLIENT_SETTINGS.CLIENT_SECRET })
    handle?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    register(redirectUri) {
      const { CLIENT_ID: client_id, CLIENT_SECRET: client_secret } = CLIENT_SETTINGS
      const provider = new Provider(issuer, {
        clients: [{ client_id, client_secret, redirect_uris: [redirectUri] }, APPLE_CLIENT],
        jwks: { keys: [key] },
        cookies: { keys: ['signs the cookies of a test'] },
        pkce: { required: () => true },
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        findAccount: (_: unknown, sub: string) => ({
          accountId: sub,
          claims: () => ({ sub, email: `${sub}@panva.example`, email_verified: true, name: 'Filip' }),
        }),
      })
      handle = provider.callback()
    },
    stop: () => server.close(),
  }
}
