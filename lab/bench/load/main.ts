// The load generator: a process of its own, so that it shares no event loop with what it measures. Jobs come over IPC.
import type { Job, JobResult } from './job.ts'
import { runStream } from './run-stream.ts'

process.on('message', async (job: Job) => {
  process.send?.(await runJob(job))
})

async function runJob({ port, seconds, streams }: Job): Promise<JobResult> {
  const begin = performance.now()
  const before = process.cpuUsage()
  try {
    const results = await Promise.all(streams.map((stream) => runStream(port, seconds, stream)))
    const { user, system } = process.cpuUsage(before)
    const generatorBusy = (user + system) / 1000 / (performance.now() - begin)
    return { ok: true, streams: results, generatorBusy }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
