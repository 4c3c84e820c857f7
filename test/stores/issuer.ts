import type { Server } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { Provider } from 'oidc-provider'

/** What Janus is to the foreign provider. */
export const CLIENT = {
  client_id: 'janus',
  client_secret: 'a-secret-of-thirty-two-characters',
  redirect_uris: ['https://auth.example.com/login/social/panva/callback'],
}

/** Starts panva's OpenID provider, as its documentation sets it up. Anybody may sign in there as anybody. Returns its issuer. */
export async function startIssuer(): Promise<{ readonly issuer: string; stop(): void }> {
  const issuer = `http://127.0.0.1:${await freePort()}`
  const provider = new Provider(issuer, {
    clients: [CLIENT],
    cookies: { keys: ['signs the cookies of a test'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@panva.example`, email_verified: true, name: 'Filip' }),
    }),
  })
  const server: Server = provider.listen(Number(new URL(issuer).port), '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { issuer, stop: () => server.close() }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
