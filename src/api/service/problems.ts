import { open } from '../../guards/open-route'
import { Hono } from '../../http/hono'
import { isProblemCode, PROBLEMS, Problem } from '../../http/problem'
import type { Pages } from '../pages'

/** Returns what each problem type means: the `type` of every refusal points here (RFC 9457 §3.1.1). */
export function problemRoutes(pages: Pages | null) {
  return new Hono().get('/problems/:code', open, async (c) => {
    const code = c.req.param('code')
    if (!isProblemCode(code)) throw new Problem('not-found')
    if (pages?.wanted(c)) return pages.problemType(c, code)
    return c.json({ code, ...PROBLEMS[code] })
  })
}
