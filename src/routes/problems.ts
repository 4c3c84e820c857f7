import { Hono } from 'hono'
import { isProblemCode, PROBLEMS, Problem } from '../http/problem'

/** What each problem type means: the `type` of every refusal points here (RFC 9457 §3.1.1). */
export function problemRoutes() {
  return new Hono().get('/problems/:code', (c) => {
    const code = c.req.param('code')
    if (!isProblemCode(code)) throw new Problem('not-found')
    return c.json({ code, ...PROBLEMS[code] })
  })
}
