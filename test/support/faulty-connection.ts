import type { Connect, Connection } from '../../src/storage/sockets/conversation'

/** Describes the script of a server: it sends these pieces, and then closes the connection or says nothing more. */
export interface Script {
  readonly sends: readonly (string | Uint8Array)[]
  readonly closes: boolean
}

/** Returns a way to connect to a server that follows a script, whatever it is sent. Counts what was opened, closed and written. */
export function scriptedConnect(script: Script): {
  readonly connect: Connect
  readonly count: { opened: number; closed: number }
  readonly written: string[]
} {
  const count = { opened: 0, closed: 0 }
  const written: string[] = []
  const connect: Connect = () => {
    count.opened += 1
    let isOpen = true
    const pieces = script.sends.map((piece) =>
      typeof piece === 'string' ? new TextEncoder().encode(piece) : piece,
    )
    const readable = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = pieces.shift()
        if (piece) controller.enqueue(piece)
        else if (script.closes) controller.close()
        else return new Promise(() => {})
      },
    })
    const writable = new WritableStream<Uint8Array>({
      write: (bytes) => void written.push(new TextDecoder().decode(bytes)),
    })
    const close: Connection['close'] = async () => {
      if (isOpen) count.closed += 1
      isOpen = false
    }
    return { readable, writable, opened: Promise.resolve(), closed: new Promise(() => {}), close }
  }
  return { connect, count, written }
}

/** A server that cannot be reached. */
export const refusedConnect: Connect = () => {
  const error = new Error('Connection refused')
  return {
    readable: new ReadableStream({ start: (controller) => controller.error(error) }),
    writable: new WritableStream({ start: (controller) => controller.error(error) }),
    opened: Promise.reject(error),
    closed: Promise.reject(error),
    close: () => Promise.reject(error),
  }
}
