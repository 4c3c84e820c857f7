import type { Context } from 'hono'
import { isId } from '../crypto/random'
import { Problem } from '../http/problem'

/** Returns the id in the path of a request. @throws {Problem} `not-found` if it is the id of nothing. */
export function requestedId(c: Context): string {
  const id = c.req.param('id') ?? ''
  // guard: PostgreSQL takes no text with a NUL
  if (!isId(id)) throw new Problem('not-found')
  return id
}
