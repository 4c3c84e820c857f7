// Runs in services beside Janus, too (packages/verify), so it imports no code.
import type { Context } from 'hono'

/**
 * Gives the browser its next seal with an answer that is no refusal, unless the answer ends or changes its session.
 *
 * @param setCookie The value of the `Set-Cookie` header.
 */
export function giveSeal(c: Context, setCookie: string): void {
  // What is refused says nothing more of the session.
  if (c.res.status >= 400) return
  const seal = setCookie.slice(0, setCookie.indexOf('=') + 1)
  // As src/http/auth-cookies.ts names them.
  const ofSession = [seal, seal.replace('__Host-seal', '__Host-session')]
  const given = c.res.headers.getSetCookie()
  const isChanged = ofSession.some((name) => given.some((each) => each.startsWith(name)))
  // guard: an answer that ends or changes a session gives no seal of what was
  if (!isChanged) c.header('Set-Cookie', setCookie, { append: true })
}
