import { betterAuth } from 'better-auth'
import { hashPassword } from 'better-auth/crypto'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import { Hono } from 'hono'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { worker } from '../servers/worker.ts'
import { BASE_URL, betterAuthOptions } from './better-auth-options.ts'

/**
 * Serves Better Auth on D1. `COOKIE_CACHE` turns on its signed cookie, which is believed for five minutes without a look at D1; `JWT_PLUGIN` turns on its JWTs.
 *
 * - `GET /protected`: its session check, as its documentation has it for Hono.
 * - `GET /protected-by-jwt`: its JWT, verified with jose against its key set, read once, as its documentation advises.
 */
export default worker((bindings) => {
  const auth = betterAuth({
    ...betterAuthOptions(bindings),
    // Its session check would otherwise sign a JWT for each answer.
    plugins: 'JWT_PLUGIN' in bindings ? [jwt({ disableSettingJwtHeader: true })] : [],
    ...('COOKIE_CACHE' in bindings ? { session: { cookieCache: { enabled: true, maxAge: 300 } } } : {}),
  })
  let keySet: Promise<ReturnType<typeof createLocalJWKSet>> | undefined
  const keys = () => {
    keySet ??= auth
      .handler(new Request(`${BASE_URL}/api/auth/jwks`))
      .then((answer) => answer.json<JSONWebKeySet>())
      .then((set) => createLocalJWKSet(set))
    return keySet
  }
  return new Hono()
    .post('/migrate', async (c) => {
      const { runMigrations } = await getMigrations(auth.options)
      await runMigrations()
      return c.json({ done: true })
    })
    .on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw))
    .get('/protected', async (c) => {
      const session = await auth.api.getSession({ headers: c.req.raw.headers })
      return session ? c.json({ user_id: session.user.id }) : c.json({}, 401)
    })
    .get('/protected-by-jwt', async (c) => {
      const token = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
      const options = { issuer: BASE_URL, audience: BASE_URL }
      const verified = await jwtVerify(token, await keys(), options).catch(() => null)
      return verified ? c.json({ user_id: verified.payload.sub }) : c.json({}, 401)
    })
    .post('/hash', async (c) => {
      const { password } = await c.req.json()
      await hashPassword(password)
      return c.json({ done: true })
    })
})
