import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

/** What Janus is given by the provider. */
export const CLIENT_SETTINGS = { CLIENT_ID: 'janus', CLIENT_SECRET: 'a-secret-of-thirty-two-characters' }

/** A provider of others, on a port of its own. */
export interface ForeignIssuer {
  readonly issuer: string
  /** Makes Janus its client, once it is known where that is. */
  register(redirectUri: string): void
  stop(): void
}

/** Starts panva's OpenID provider, as its documentation sets it up. Anybody may sign in there as anybody. */
export async function startIssuer(): Promise<ForeignIssuer> {
  let handle: ReturnType<Provider['callback']> | null = null
  const server = createHttpServer((request, response) => handle?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    issuer,
    register(redirectUri) {
      const { CLIENT_ID: client_id, CLIENT_SECRET: client_secret } = CLIENT_SETTINGS
      const provider = new Provider(issuer, {
        clients: [{ client_id, client_secret, redirect_uris: [redirectUri] }],
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
