import type { Context } from 'hono'
import { Problem } from '../http/problem'

/**
 * Returns where a page of a list begins, or `null` for its beginning.
 *
 * @param parse Reads the cursor, or gives `null` if it is none.
 * @throws {Problem} `invalid-input` unless it is what a page gave as `next_cursor`, once.
 */
export function readCursor<T>(c: Context, parse: (text: string) => T | null): T | null {
  const [text, ...others] = c.req.queries('cursor') ?? []
  if (text === undefined) return null
  const cursor = others.length === 0 ? parse(text) : null
  if (cursor !== null) return cursor
  const message = 'Send the next_cursor of a page of this list.'
  throw new Problem('invalid-input', { errors: [{ field: 'cursor', code: 'invalid', message }] })
}
