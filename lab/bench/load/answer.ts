/** An answer of HTTP/1.1, read. Text is latin1, one character a byte, so that lengths are those on the wire. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Returns the answer at the start of what has arrived, or `null` while it is not whole (RFC 9112 §6 and §7.1). */
export function readAnswer(arrived: string): Answer | null {
  const headEnd = arrived.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = arrived.slice(0, headEnd)
  const status = Number(head.slice(9, 12))
  const body = readBody(head, arrived, headEnd + 4)
  return body === null ? null : { status, head, body }
}

function readBody(head: string, arrived: string, start: number): string | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const end = start + Number(length)
    return arrived.length < end ? null : arrived.slice(start, end)
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return readChunks(arrived, start)
  if (/^HTTP\/1\.1 (204|304)/.test(head)) return ''
  throw new Error(`An answer without a length: ${head}`)
}

function readChunks(arrived: string, start: number): string | null {
  let body = ''
  for (let at = start; ; ) {
    const sizeEnd = arrived.indexOf('\r\n', at)
    if (sizeEnd < 0) return null
    const size = Number.parseInt(arrived.slice(at, sizeEnd), 16)
    const end = sizeEnd + 2 + size
    if (arrived.length < end + 2) return null
    if (size === 0) return body
    body += arrived.slice(sizeEnd + 2, end)
    at = end + 2
  }
}
