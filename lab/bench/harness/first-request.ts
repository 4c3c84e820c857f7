import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type Contender, PROTECTED } from './contender.ts'
import { ask, type Person } from './person.ts'
import { startWorker } from './start-worker.ts'
import { enterAll } from './started.ts'
import { median } from './statistics.ts'

export interface FirstRequestRow {
  readonly label: string
  /** From the start of the process until it listens, Miniflare's own work included. */
  readonly startMs: number
  /** The first request, for the protected route, by somebody who signed in before the start. */
  readonly firstMs: number
  /** The one after it. */
  readonly secondMs: number
}

/**
 * Starts each server anew `rounds` times, in turns, over storage in which somebody has signed in. What a server puts off
 * until its first request, such as to read its keys, falls on that request.
 */
export async function measureFirstRequests(
  contenders: readonly Contender[],
  rounds: number,
  report: (progress: string) => void,
): Promise<readonly FirstRequestRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'))
  try {
    const known: { contender: Contender; storage: string; person: Person | undefined; times: Times[] }[] = []
    for (const contender of contenders) {
      const storage = join(folder, String(known.length))
      const running = await startWorker(contender, { storage })
      const [person] = await enterAll(contender, running.port, 1).finally(() => running.stop())
      known.push({ contender, storage, person, times: [] })
    }
    for (let round = 1; round <= rounds; round++) {
      report(`start ${round} of ${rounds}`)
      for (const { contender, storage, person, times } of known) {
        times.push(await startOnce(contender, storage, person))
      }
    }
    return known.map(({ contender: { name }, times }) => ({
      label: name,
      startMs: median(times.map(({ startMs }) => startMs)),
      firstMs: median(times.map(({ firstMs }) => firstMs)),
      secondMs: median(times.map(({ secondMs }) => secondMs)),
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Times = Omit<FirstRequestRow, 'label'>

async function startOnce(contender: Contender, storage: string, person: Person | undefined): Promise<Times> {
  const begin = performance.now()
  const running = await startWorker(contender, { storage })
  try {
    const startMs = performance.now() - begin
    const firstMs = await request(running.port, contender, person)
    return { startMs, firstMs, secondMs: await request(running.port, contender, person) }
  } finally {
    await running.stop()
  }
}

async function request(port: number, contender: Contender, person: Person | undefined): Promise<number> {
  const begin = performance.now()
  const { status, body } = await ask(port, contender.path ?? PROTECTED, { headers: person?.headers ?? {} })
  const spent = performance.now() - begin
  if (status === 200 && (!person || body?.user_id === person.id)) return spent
  throw new Error(`${contender.name}: the first request was answered ${status}`)
}
