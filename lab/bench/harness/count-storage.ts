import { isDeepStrictEqual } from 'node:util'
import type { Template } from '../load/job.ts'
import type { StorageCounts } from '../servers/counting.ts'
import type { Contender } from './contender.ts'
import { ask, type Person } from './person.ts'
import { startWorker } from './start-worker.ts'
import { enterAll, protectedTemplates } from './started.ts'

/** Counts the calls of each operation of each contender to storage, work behind the answer included. Exact, so any change shows. */
export type CountTable = Readonly<Record<string, Readonly<Record<string, StorageCounts>>>>

export async function countStorage(
  contenders: readonly Contender[],
  report: (progress: string) => void,
): Promise<CountTable> {
  const table: Record<string, Readonly<Record<string, StorageCounts>>> = {}
  for (const contender of contenders) {
    report(contender.name)
    const running = await startWorker(contender, { countStorage: true })
    try {
      table[contender.name] = await countOperations(contender, running.port)
    } finally {
      await running.stop()
    }
  }
  return table
}

async function countOperations(
  contender: Contender,
  port: number,
): Promise<Readonly<Record<string, StorageCounts>>> {
  const people = await enterAll(contender, port, 2)
  const counted: Record<string, StorageCounts> = {}
  // The first person's turn makes what is made once for each isolate, such as signing keys. The second person's counts.
  for (const [index, person] of people.entries()) {
    for (const [operation, template] of operations(contender, person)) {
      const before = await settledCounts(port)
      const path = fill(template.path, index, person)
      const body = template.body === undefined ? {} : { body: JSON.parse(fill(template.body, index, person)) }
      const { status } = await ask(port, path, { headers: template.headers, ...body })
      if (status !== template.expect.status) throw new Error(`${contender.name}, ${operation}: ${status}`)
      counted[operation] = difference(before, await settledCounts(port))
    }
  }
  return counted
}

function operations(contender: Contender, person: Person): readonly (readonly [string, Template])[] {
  const { signUp, signIn, refresh } = contender
  const [ask] = protectedTemplates({ contender, people: [person] })
  if (!ask) throw new Error(`${contender.name} has no protected route`)
  return [
    ['protected request', ask],
    ['the same again', ask],
    ...(refresh ? [['refresh', refresh.template(person)] as const] : []),
    ...(signIn ? [['sign-in', signIn(person)] as const] : []),
    ...(signUp ? [['sign-up', signUp] as const] : []),
  ]
}

function fill(text: string, index: number, { refreshCredential }: Person): string {
  return text.replaceAll('{n}', `counted-${index}`).replaceAll('{token}', refreshCredential)
}

const SETTLED_MS = 100

/** Returns the counts, once nothing has been added for a while: some work goes on behind an answer. */
async function settledCounts(port: number): Promise<StorageCounts> {
  for (let last: StorageCounts | null = null; ; ) {
    const { body } = await ask(port, '/counts')
    if (isDeepStrictEqual(body, last)) return body
    last = body
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
  }
}

function difference(before: StorageCounts, after: StorageCounts): StorageCounts {
  return {
    d1Calls: after.d1Calls - before.d1Calls,
    d1Statements: after.d1Statements - before.d1Statements,
    kvReads: after.kvReads - before.kvReads,
    kvWrites: after.kvWrites - before.kvWrites,
    kvDeletes: after.kvDeletes - before.kvDeletes,
  }
}
