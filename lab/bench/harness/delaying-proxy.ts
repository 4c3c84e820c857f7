import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server that takes as long as a network does. */
export interface DelayingProxy {
  readonly port: number
  /** Says how often the server has answered what was sent since its last answer: each is a round trip. So is each connection that was opened. */
  readonly roundTrips: () => number
  stop(): Promise<void>
}

/** @param oneWayMs How long each direction takes: half of a round trip. */
export async function startDelayingProxy(
  server: { readonly host: string; readonly port: number },
  oneWayMs: number,
): Promise<DelayingProxy> {
  const sockets = new Set<Socket>()
  let roundTrips = 0
  const proxy = createServer((client) => {
    const upstream = connect(server.port, server.host)
    // Of TCP itself, which a proxy answers at once.
    roundTrips += 1
    let answered = true
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        for (const each of [client, upstream]) each.destroy()
      })
    }
    client.on('data', (chunk) => {
      answered = false
      later(() => upstream.write(chunk), oneWayMs)
    })
    upstream.on('data', (chunk) => {
      if (!answered) roundTrips += 1
      answered = true
      later(() => client.write(chunk), oneWayMs)
    })
    client.on('end', () => later(() => upstream.end(), oneWayMs))
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    roundTrips: () => roundTrips,
    async stop() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

function later(work: () => void, milliseconds: number): void {
  if (milliseconds === 0) work()
  else setTimeout(work, milliseconds)
}
