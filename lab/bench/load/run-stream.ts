import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { type Answer, readAnswer } from './answer.ts'
import type { Stream, StreamResult } from './job.ts'
import { createRenderer } from './render.ts'

/**
 * Sends a stream for some seconds and waits for what is then still on its way.
 *
 * @throws At the first answer that is not what its template expects, or a connection that ends.
 */
export async function runStream(port: number, seconds: number, stream: Stream): Promise<StreamResult> {
  const { templates, connections, pacePerSecond, chain } = stream
  const renderers = templates.map((template) => ({ template, render: createRenderer(template) }))
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const tokens = [...(chain?.tokens ?? [])]
  const latencies: number[] = []
  const start = performance.now()
  const deadline = start + seconds * 1000
  let sent = 0

  /** Sends the next request of the pool. @param due When its time began. */
  async function exchange(index: number, due: number): Promise<void> {
    const next = renderers[sent++ % renderers.length]
    const socket = sockets[index]
    if (!next || !socket) throw new Error('A stream needs a template and a connection')
    const answer = await send(socket, next.render(tokens[index] ?? ''))
    latencies.push(performance.now() - due)
    const { status, text } = next.template.expect
    if (answer.status !== status || !answer.body.includes(text)) {
      throw new Error(`Expected ${status} with ${text}, got ${answer.head}\n${answer.body.slice(0, 500)}`)
    }
    if (chain) tokens[index] = String(JSON.parse(answer.body)[chain.member])
  }

  const work = pacePerSecond
    ? keepPace(pacePerSecond, connections, start, deadline, exchange)
    : Promise.all(sockets.map((_, index) => keepBusy(index, deadline, exchange)))
  try {
    await work
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  return { latencies: Float64Array.from(latencies), seconds: (performance.now() - start) / 1000, tokens }
}

type Exchange = (index: number, due: number) => Promise<void>

async function keepBusy(index: number, deadline: number, exchange: Exchange): Promise<void> {
  for (let now = performance.now(); now < deadline; now = performance.now()) await exchange(index, now)
}

/** Requests fall due on time whatever became of the ones before: an answer that is late cannot slow the questions. */
async function keepPace(
  perSecond: number,
  connections: number,
  start: number,
  deadline: number,
  exchange: Exchange,
): Promise<void> {
  let due = start
  async function work(index: number): Promise<void> {
    for (;;) {
      const mine = due
      if (mine >= deadline) return
      due += 1000 / perSecond
      const wait = mine - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      await exchange(index, mine)
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, index) => work(index)))
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.setEncoding('latin1')
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}

function send(socket: Socket, request: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let arrived = ''
    function settle(result: Answer | Error): void {
      socket.off('data', onData).off('error', settle).off('close', onClose)
      if (result instanceof Error) reject(result)
      else resolve(result)
    }
    function onClose(): void {
      settle(new Error('The server closed the connection'))
    }
    function onData(text: string): void {
      arrived += text
      try {
        const answer = readAnswer(arrived)
        if (answer) settle(answer)
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)))
      }
    }
    socket.on('data', onData).on('error', settle).on('close', onClose)
    socket.write(request, 'latin1')
  })
}
