import { readAtMost } from '../runtime/read-at-most'
import { Problem } from './problem'

/** Of a body that is there no more: the app that Janus is mounted in has read it, and Hono has not kept it. */
const ALREADY_READ = {
  field: '',
  code: 'already-read',
  message:
    'Your app has already read the body. Read it with c.req.json(), text() or parseBody() instead of c.req.raw, and mount Janus with app.route().',
}

/**
 * Reads the body of a request whole, or returns `null` if it is longer than `maxBytes`.
 *
 * HTTP delivers what Content-Length says and no more, except beside Transfer-Encoding (RFC 9112 §6.3): what is known to be short is read in
 * one piece, which costs less. Any other is read only as far as it may go.
 *
 * @throws {Problem} If the app has read it.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (request.bodyUsed) throw new Problem('invalid-input', { errors: [ALREADY_READ] })
  try {
    if (!saysItIsShort(request.headers, maxBytes)) return await readAtMost(request.body, maxBytes)
    const bytes = new Uint8Array(await request.arrayBuffer())
    // guard: a body that an app hands on is measured too
    return bytes.byteLength <= maxBytes ? bytes : null
  } catch (error) {
    if (error instanceof TypeError) throw new Problem('invalid-input', { errors: [ALREADY_READ] })
    throw error
  }
}

function saysItIsShort(headers: Headers, maxBytes: number): boolean {
  const [digits] = /^\d+$/.exec(headers.get('Content-Length') ?? '') ?? []
  return digits !== undefined && Number(digits) <= maxBytes && !headers.has('Transfer-Encoding')
}
