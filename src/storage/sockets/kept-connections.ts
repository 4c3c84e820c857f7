import { connect, type Socket } from 'node:net'
import type { Address } from '../../config/servers'
import { type Converse, createConversation } from './conversation'

/** Sets how many connections a process has to one server, and how long one is kept that nobody uses. */
const MOST_CONNECTIONS = 10
const IDLE_MS = 30_000

/** Connections that are kept between conversations. */
export interface KeptConnections {
  /** Runs one conversation, over a connection that no other has meanwhile. It fails with its connection, and no other does. */
  readonly converse: Converse
  /** Closes them. Nothing may be asked afterwards. */
  close(): void
}

/** Keeps connections to a server on Node. Each is made when it is needed, and closed when a conversation over it has failed or was given up. */
export function keepConnections({ hostname, port }: Address): KeptConnections {
  const open = new Set<Line>()
  const idle: Line[] = []
  const turns = createTurns(MOST_CONNECTIONS)
  let isClosed = false

  function openLine(): Line {
    const line = createLine(connect({ host: hostname.replace(/^\[|\]$/g, ''), port, noDelay: true }), () => {
      open.delete(line)
      const place = idle.indexOf(line)
      if (place !== -1) idle.splice(place, 1)
    })
    open.add(line)
    return line
  }

  return {
    async converse(signal, talk) {
      if (isClosed) throw new Error('The connections are closed')
      await turns.take(signal)
      const line = idle.pop() ?? openLine()
      const { socket } = line
      const giveUp = () => socket.destroy()
      // guard: a conversation that is given up gives up its connection
      signal.addEventListener('abort', giveUp, { once: true })
      try {
        const conversation = line.begin()
        const result = await talk(conversation)
        if (line.end() || conversation.hasMore()) socket.destroy()
        else if (!socket.destroyed) idle.push(line)
        return result
      } catch (error) {
        socket.destroy()
        throw error
      } finally {
        signal.removeEventListener('abort', giveUp)
        turns.give()
      }
    },
    close() {
      isClosed = true
      for (const { socket } of open) socket.destroy()
    },
  }
}

type Line = ReturnType<typeof createLine>

/** Reads a socket. What it receives while no conversation runs closes it. */
function createLine(socket: Socket, closed: () => void) {
  const received: Uint8Array[] = []
  let isInUse = false
  let fault: Error = new Error('The connection was closed in the middle of a reply')
  let wake: () => void = () => {}

  socket.setKeepAlive(true)
  socket.on('data', (chunk) => {
    // guard: what a server says unasked answers nothing
    if (!isInUse) return void socket.destroy()
    received.push(chunk)
    wake()
  })
  // Without a listener an error would end the process.
  // guard: a Memcached that dies ends no process
  socket.on('error', (error) => {
    fault = error
  })
  socket.on('close', () => {
    wake()
    closed()
  })
  socket.on('timeout', () => socket.destroy())

  return {
    socket,
    begin() {
      isInUse = true
      socket.setTimeout(0)
      return createConversation(
        {
          async read() {
            while (received.length === 0) {
              if (socket.destroyed) throw fault
              await new Promise<void>((resolve) => {
                wake = resolve
              })
            }
            return { value: received.shift() as Uint8Array<ArrayBuffer>, done: false }
          },
        },
        // What cannot be written shows in what is read.
        { write: async (bytes) => void (bytes && socket.write(bytes)) },
      )
    },
    /** Returns whether something was received that nobody has read. */
    end(): boolean {
      isInUse = false
      socket.setTimeout(IDLE_MS)
      return received.length > 0
    },
  }
}

/** Lets so many work at once, and the others in the order in which they came. */
function createTurns(most: number) {
  const waiting: (() => void)[] = []
  let taken = 0
  return {
    async take(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      if (taken < most) {
        taken++
        return
      }
      await new Promise<void>((resolve, reject) => {
        const turn = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = () => {
          waiting.splice(waiting.indexOf(turn), 1)
          reject(signal.reason)
        }
        waiting.push(turn)
        signal.addEventListener('abort', leave, { once: true })
      })
    },
    give(): void {
      const next = waiting.shift()
      if (next) next()
      else taken--
    },
  }
}
