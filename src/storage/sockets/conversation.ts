import type { Address } from '../../config/servers'

/** A connection to a server, as `cloudflare:sockets` has it: bytes in both directions. */
export interface Connection {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>
  /** Rejects if the server cannot be reached. */
  readonly opened: Promise<unknown>
  readonly closed: Promise<unknown>
  close(): Promise<unknown>
}

/** Opens a connection. It may fail later: in `opened`, in a read or in a write. */
export type Connect = (address: Address, options: { readonly tls: boolean }) => Connection

/** Describes what is said over one connection. */
export interface Conversation {
  write(text: string): Promise<void>
  /** Returns the next line, without its CR LF. @throws If it is too long, or cut off. */
  line(): Promise<string>
  /** Returns so many bytes as text, and skips the CR LF after them. @throws If they are too many, or cut off. */
  text(bytes: number): Promise<string>
}

/** Runs one conversation with a server. */
export type Converse = <T>(
  signal: AbortSignal,
  talk: (conversation: Conversation) => Promise<T>,
) => Promise<T>

/** A copy of a session is some 600 bytes. A server that sends more than this in one conversation does not speak its protocol. */
const MOST_BYTES = 256 * 1024

const CR = 13
const LF = 10

/**
 * Runs one conversation over a connection of its own, which is closed when `talk` is done, when it throws, and when `signal` aborts. Workers
 * cannot keep a connection for another request.
 */
export async function converse<T>(
  connection: Connection,
  signal: AbortSignal,
  talk: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  // Their failures show in reads and writes.
  connection.opened.catch(() => {})
  connection.closed.catch(() => {})
  const reader = connection.readable.getReader()
  const writer = connection.writable.getWriter()
  const close = () => {
    reader.cancel().catch(() => {})
    connection.close().catch(() => {})
  }
  // guard: a conversation that is given up is closed
  signal.addEventListener('abort', close, { once: true })
  try {
    signal.throwIfAborted()
    return await talk(createConversation(reader, writer))
  } finally {
    signal.removeEventListener('abort', close)
    // guard: a conversation with a server ends with its connection closed
    close()
  }
}

/** Begins a conversation over bytes, of which `hasMore` tells whether some were received and are no part of it. */
export function createConversation(
  reader: Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>,
  writer: Pick<WritableStreamDefaultWriter<Uint8Array>, 'write'>,
): Conversation & { hasMore(): boolean } {
  let held = new Uint8Array()
  let received = 0

  async function receive(): Promise<void> {
    const { value, done } = await reader.read()
    if (done) throw new Error('The connection was closed in the middle of a reply')
    received += value.byteLength
    // guard: a server sends so much and no more
    if (received > MOST_BYTES) throw new Error('The reply is too long')
    const joined = new Uint8Array(held.byteLength + value.byteLength)
    joined.set(held)
    joined.set(value, held.byteLength)
    held = joined
  }

  function take(bytes: number): string {
    const taken = new TextDecoder('utf-8', { ignoreBOM: true, fatal: false }).decode(held.subarray(0, bytes))
    // guard: a text is as long as its server said
    if (held[bytes] !== CR || held[bytes + 1] !== LF) throw new Error('The reply is malformed')
    held = held.subarray(bytes + 2)
    return taken
  }

  return {
    hasMore: () => held.byteLength > 0,

    write: (text) => writer.write(new TextEncoder().encode(text)),

    async line() {
      // CR LF may arrive in two pieces.
      let end = held.indexOf(LF)
      while (end === -1) {
        await receive()
        end = held.indexOf(LF)
      }
      return take(end - 1)
    },

    async text(bytes) {
      if (bytes > MOST_BYTES) throw new Error('The reply is too long')
      while (held.byteLength < bytes + 2) await receive()
      return take(bytes)
    },
  }
}
