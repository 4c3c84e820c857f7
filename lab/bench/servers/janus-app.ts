import { Hono } from 'hono'
import { createJanus, type JanusOptions } from '../../../src/janus'
import { createMail } from '../../../src/wiring/create-mail'
import { createPasskeys } from '../../../src/wiring/create-passkeys'
import { createSecondFactors } from '../../../src/wiring/create-second-factors'

/**
 * Returns an app of someone's own with Janus mounted in it, and one trivial route that asks Janus who is calling and reads nothing by
 * itself: it costs what the guard costs.
 *
 * @param stores Opens the stores that not every Worker carries.
 */
export function janusApp(bindings: object, stores: JanusOptions = {}): Hono {
  const janus = createJanus(bindings, { createMail, createPasskeys, createSecondFactors, ...stores })
  const passwords = janus.services?.passwords
  if (!passwords) throw new Error('Janus is not configured')
  return (
    new Hono()
      .route('/auth', janus)
      .get('/protected', async (c) => {
        const verdict = await janus.authenticate(c.req.raw.headers, c.req.method)
        return verdict.ok
          ? c.json({ user_id: verdict.principal.userId })
          : Response.json(verdict.problem, { status: verdict.problem.status })
      })
      // A page of the app that asks nobody who is calling: what having Janus in the bundle costs it.
      .get('/plain', (c) => c.json({ user_id: '00000000-0000-4000-8000-000000000000' }))
      // The hash of a sign-in or sign-up, and nothing else.
      .post('/hash', async (c) => {
        const { password } = await c.req.json()
        await passwords.verifyNothing(password)
        return c.json({ done: true })
      })
  )
}
