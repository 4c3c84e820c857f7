import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { Job, JobResult } from '../load/job.ts'

/** The other process, which sends requests and measures. */
export interface LoadGenerator {
  /** @throws If an answer is not what was expected. */
  run(job: Job): Promise<Extract<JobResult, { ok: true }>>
  stop(): void
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(join(import.meta.dirname, '../load/main.ts'), { serialization: 'advanced' })
  let settle: (result: JobResult) => void = () => {}
  child.on('message', (result: JobResult) => settle(result))
  child.on('exit', () => settle({ ok: false, reason: 'the load generator ended' }))
  return {
    async run(job) {
      const answer = new Promise<JobResult>((resolve) => {
        settle = resolve
      })
      child.send(job)
      const result = await answer
      if (!result.ok) throw new Error(result.reason)
      return result
    },
    stop: () => child.kill(),
  }
}
