import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type JanusEnv, janus, requireRole } from 'janus/verify'

const MAX_NOTE_CHARACTERS = 1000
const MAX_BODY_BYTES = 8 * 1024

/** Lets those through whom Janus knows, by cookie or by bearer token, as `c.var.principal`. */
const signedIn = janus({ issuer: env.ISSUER, service: env.JANUS })
/** The same, and asks whether the session still stands at this moment: for what cannot be undone. */
const stillSignedIn = janus({ issuer: env.ISSUER, service: env.JANUS, live: true })

export default new Hono<JanusEnv>()
  .all('/auth', (c) => env.AUTH.fetch(c.req.raw))
  .all('/auth/*', (c) => env.AUTH.fetch(c.req.raw))

  .get('/notes', signedIn, async (c) => {
    const { results } = await env.NOTES.prepare(
      'SELECT id, text, created_at FROM notes WHERE owner_id = ?1 ORDER BY created_at DESC, id LIMIT 100',
    )
      .bind(c.var.principal.userId)
      .all()
    return c.json({ notes: results })
  })

  .post('/notes', signedIn, bodyLimit({ maxSize: MAX_BODY_BYTES }), async (c) => {
    const text = parseText(await c.req.json().catch(() => null))
    if (text === null)
      return c.json({ title: `A note is text of 1 to ${MAX_NOTE_CHARACTERS} characters.` }, 422)
    const note = { id: crypto.randomUUID(), text, created_at: Math.floor(Date.now() / 1000) }
    await env.NOTES.prepare('INSERT INTO notes (id, owner_id, text, created_at) VALUES (?1, ?2, ?3, ?4)')
      .bind(note.id, c.var.principal.userId, note.text, note.created_at)
      .run()
    return c.json(note, 201)
  })

  // Only one's own: another's is as absent as one that never was.
  .delete('/notes/:id', stillSignedIn, async (c) => {
    const deleted = await env.NOTES.prepare('DELETE FROM notes WHERE id = ?1 AND owner_id = ?2')
      .bind(c.req.param('id'), c.var.principal.userId)
      .run()
    return deleted.meta.changes === 0 ? c.json({ title: 'There is no such note.' }, 404) : c.body(null, 204)
  })

  .get('/statistics', signedIn, requireRole('admin'), async (c) => {
    const counts = await env.NOTES.prepare(
      'SELECT count(*) AS notes, count(DISTINCT owner_id) AS people FROM notes',
    ).first()
    return c.json(counts)
  })

/** The text of a new note, or `null` if the body is none. */
function parseText(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('text' in body)) return null
  const { text } = body
  return typeof text === 'string' && text !== '' && text.length <= MAX_NOTE_CHARACTERS ? text : null
}
