import { oauthProvider } from '@better-auth/oauth-provider'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import { Hono } from 'hono'
import { worker } from '../servers/worker.ts'
import { betterAuthOptions } from './better-auth-options.ts'

/**
 * Serves Better Auth as an authorization server on D1. Its signatures are ES256 as those of the others. It remembers the client and the
 * resource instead of reading them, as it offers: the cheaper way.
 *
 * - `POST /prepare`: its tables and the app, which it names itself.
 * - `GET /protected`: its session check.
 */
export default worker((bindings) => {
  const { RESOURCE = '', SCOPE = '' } = bindings as unknown as Record<string, string>
  const trusted = new Set<string>()
  const create = (resources: readonly string[]) =>
    betterAuth({
      ...betterAuthOptions(bindings),
      disabledPaths: ['/token'],
      plugins: [
        jwt({ disableSettingJwtHeader: true, jwks: { keyPairConfig: { alg: 'ES256' } } }),
        oauthProvider({
          loginPage: '/login',
          consentPage: '/consent',
          scopes: ['openid', 'profile', 'email', 'offline_access', SCOPE],
          resources: resources.map((identifier) => ({
            identifier,
            name: 'Bench',
            allowedScopes: ['openid', 'offline_access', SCOPE],
          })),
          cachedTrustedClients: trusted,
          cachedResources: new Set([RESOURCE]),
          enforcePerClientResources: false,
          silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
        }),
      ],
    })
  // It writes its resources down when it starts, which a Worker may only while it answers, and once there are tables.
  let made: ReturnType<typeof create> | null = null
  const auth = () => {
    made ??= create([RESOURCE])
    return made
  }
  return new Hono()
    .post('/prepare', async (c) => {
      const { runMigrations } = await getMigrations(create([]).options)
      await runMigrations()
      // Somebody must be signed in who registers it.
      const signedUp = await auth().api.signUpEmail({
        body: { email: 'operator@example.com', password: 'correct horse battery', name: 'Operator' },
        asResponse: true,
      })
      const cookies = signedUp.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/s, ''))
      const client = await auth().api.adminCreateOAuthClient({
        headers: new Headers({ Cookie: cookies.join('; ') }),
        body: {
          client_name: 'Bench',
          redirect_uris: ['https://app.example/cb'],
          scope: `openid offline_access ${SCOPE}`,
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          skip_consent: true,
        },
      })
      trusted.add(client.client_id)
      return c.json({ client_id: client.client_id })
    })
    .on(['GET', 'POST'], '/api/auth/*', (c) => auth().handler(c.req.raw))
    .get('/protected', async (c) => {
      const session = await auth().api.getSession({ headers: c.req.raw.headers })
      return session ? c.json({ user_id: session.user.id }) : c.json({}, 401)
    })
})
