import { performance } from 'node:perf_hooks'
import { createFlow } from './flow.ts'
import type { Stream, StreamResult } from './job.ts'
import { createRenderer } from './render.ts'
import { open, send } from './send.ts'

/**
 * Sends a stream for some seconds and waits for what is then still on its way.
 *
 * @throws At the first answer that is not what its template expects, or a connection that ends.
 */
export async function runStream(port: number, seconds: number, stream: Stream): Promise<StreamResult> {
  const { templates, connections, pacePerSecond, chain, flows } = stream
  const renderers = templates.map((template) => ({ template, render: createRenderer(template) }))
  const runFlows = flows?.map(createFlow)
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  const tokens = [...(chain?.tokens ?? [])]
  const turns: number[] = []
  const latencies: number[] = []
  const start = performance.now()
  const deadline = start + seconds * 1000
  let sent = 0

  /** Sends the next request of the pool. @param due When its time began. */
  async function exchange(index: number, due: number): Promise<void> {
    const flow = runFlows?.[(index + connections * (turns[index] ?? 0)) % runFlows.length]
    if (flow) {
      turns[index] = (turns[index] ?? 0) + 1
      tokens[index] = await flow(sockets[index], tokens[index] ?? '')
      latencies.push(performance.now() - due)
      return
    }
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
