import type { Template } from '../load/job.ts'
import { type Contender, PROTECTED } from './contender.ts'
import type { Person } from './person.ts'
import { startBeside } from './servers-beside.ts'
import { startExpress } from './start-express.ts'
import { startJanusOnNode } from './start-janus-on-node.ts'
import { startProgram } from './start-program.ts'
import { type Running, startWorker } from './start-worker.ts'

/** A server at work and the people who are known to it. */
export interface Started {
  readonly contender: Contender
  readonly running: Running
  readonly people: readonly Person[]
}

async function startServer(contender: Contender): Promise<Running> {
  if (contender.server === 'express') return startExpress()
  if (contender.isProgram) return startProgram(contender)
  const beside = await startBeside(contender)
  const settled = { ...contender, settings: { ...contender.settings, ...beside.settings } }
  try {
    const running = contender.onNode
      ? await startJanusOnNode(settled, beside.postgres)
      : await startWorker(settled, beside.postgres === null ? {} : { postgres: beside.postgres })
    return {
      ...running,
      async stop() {
        await running.stop()
        await beside.stop()
      },
    }
  } catch (error) {
    await beside.stop()
    throw error
  }
}

/** Starts a server and makes people known to it, one after the other, for a hash takes the whole thread. */
export async function start(contender: Contender, peopleCount: number): Promise<Started> {
  const running = await startServer(contender)
  try {
    const people = await enterAll(contender, running.port, peopleCount)
    return { contender, running, people }
  } catch (error) {
    const printed = running.printed()
    await running.stop()
    throw new Error(`${contender.name}: ${error instanceof Error ? error.message : error}\n${printed}`)
  }
}

export async function enterAll(
  contender: Contender,
  port: number,
  count: number,
): Promise<readonly Person[]> {
  await contender.prepare?.(port)
  const people: Person[] = []
  for (let number = 1; contender.enter && number <= count; number++) {
    people.push(await contender.enter(port, number))
  }
  return people
}

/** Returns a request for the protected route by each of the people; for a server that knows nobody, one. */
export function protectedTemplates({
  contender,
  people,
}: Pick<Started, 'contender' | 'people'>): readonly Template[] {
  const path = contender.path ?? PROTECTED
  if (people.length === 0)
    return [{ method: 'GET', path, headers: {}, expect: { status: 200, text: 'user_id' } }]
  return people.map(({ id, headers }) => ({
    method: 'GET',
    path,
    headers,
    expect: { status: 200, text: `{"user_id":"${id}"}` },
  }))
}
