import { getMigrations } from 'better-auth/db/migration'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { auth } from './auth.ts'
import { account, forgotPassword, login, register, resetPassword } from './pages.ts'

type Known = NonNullable<Awaited<ReturnType<typeof auth.api.getSession>>>

const signedIn = createMiddleware<{ Variables: Known }>(async (c, next) => {
  const known = await auth.api.getSession({ headers: c.req.raw.headers })
  if (!known) return c.req.path === '/account' ? c.redirect('/login') : c.json({ error: 'unauthorized' }, 401)
  c.set('user', known.user)
  c.set('session', known.session)
  await next()
})

const app = new Hono()
  .on(['GET', 'POST'], '/api/auth/*', (c) => auth.handler(c.req.raw))
  .get('/register', (c) => c.html(register()))
  .get('/login', (c) => c.html(login()))
  .get('/forgot-password', (c) => c.html(forgotPassword()))
  .get('/reset-password', (c) => c.html(resetPassword(c.req.query('token'))))
  .get('/account', signedIn, async (c) => {
    const sessions = await auth.api.listSessions({ headers: c.req.raw.headers })
    return c.html(account(c.var.user.email, c.var.session.token, sessions))
  })
  .get('/orders', signedIn, (c) => c.json({ orders: [], userId: c.var.user.id }))
  .post('/migrate', async (c) => {
    await (await getMigrations(auth.options)).runMigrations()
    return c.json({ migrated: true })
  })

export default app
