import type { HonoRequest } from 'hono'

/**
 * Returns the request as it came, also where middleware of the app around Janus has read its body: from what Hono has kept of it. What was
 * read by `c.req.raw` is lost, and the request is returned as it is.
 */
export async function unreadRequest(req: HonoRequest): Promise<Request> {
  const { raw } = req
  if (!raw.bodyUsed) return raw
  const body = await keptBody(req)
  return body === null ? raw : new Request(raw, { body })
}

/** Returns the body as Hono keeps it, in bytes, because a `Request` gives text a type of its own; or `null` if Hono has nothing. */
async function keptBody(req: HonoRequest): Promise<Uint8Array | null> {
  const { arrayBuffer, blob, formData, ...others } = req.bodyCache
  try {
    if (arrayBuffer || blob) return new Uint8Array(await req.arrayBuffer())
    if (Object.keys(others).length > 0) {
      const text = await req.text()
      // guard: what was read as text is refused if it was not UTF-8
      return text.includes(REPLACEMENT) ? NOT_UTF_8 : encode(text)
    }
    if (formData) return encode(formText(await formData))
  } catch {
    // Whatever was read could not be read: there is nothing left of it.
  }
  return null
}

/** Returns each field as often as it was sent. How it was encoded is lost, and with it nothing that is looked at. */
function formText(form: FormData): string {
  return `${new URLSearchParams([...form].map(([name, value]) => [name, `${value}`]))}`
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Holds what `text()` puts in place of bytes that are not UTF-8. Two different passwords would become one. */
const REPLACEMENT = '\ufffd'

/** A body that is refused as what it was. */
const NOT_UTF_8 = new Uint8Array([0xff])
