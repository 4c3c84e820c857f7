import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkRestore } from '../../packages/cli/doctor/check-restore.ts'
import type { Finding } from '../../packages/cli/doctor/finding.ts'
import { createWrangler, type Run, type Wrangler } from '../../packages/cli/wrangler.ts'
import { databaseFile, execute, type LocalService, startWorker } from './local-service.ts'

let service: LocalService
/** Says what wrangler said of the mark in KV, which stays as it is while the service does not run. */
let mark: Run | null = null

beforeAll(async () => {
  service = await startWorker()
})

afterAll(() => rmSync(service.folder, { recursive: true }))

function npmRun(
  script: string,
  ...flags: string[]
): { readonly code: number | null; readonly printed: string } {
  const command = ['run', '--silent', script, '--', '--state', service.state, ...flags]
  const { status, stdout, stderr } = spawnSync('npm', command, { encoding: 'utf8' })
  return { code: status, printed: stdout + stderr }
}

/** Returns the finding of the doctor about it. */
function findingOfDoctor(): Finding | undefined {
  const { findings } = JSON.parse(npmRun('doctor', '--json').printed) as { findings: readonly Finding[] }
  return findings.find(({ check }) => check === 'database.restored')
}

/** Looks at this alone, as the doctor does, in the file of the database: each start of wrangler takes three seconds of CPU time. */
function lookAgain(): Promise<readonly Finding[]> {
  const wrangler = createWrangler({ configPath: resolve('wrangler.toml') })
  const remembering: Wrangler = async (command) => {
    mark ??= await wrangler(command)
    return mark
  }
  const flags = ['--local', '--persist-to', service.state]
  return checkRestore(remembering, flags, async <Row>(sql: string) => {
    const database = new DatabaseSync(databaseFile(service.state))
    try {
      return database.prepare(sql).all() as Row[]
    } finally {
      database.close()
    }
  })
}

it('the doctor notices that the database was put back, until npm run restored has run', async () => {
  // What happened less than a minute ago is not sealed, and marked, yet.
  execute(
    service.state,
    "INSERT INTO audit_events (at, event, outcome) VALUES (unixepoch() - 120, 'signed-in', 'success')",
  )
  expect((await fetch(`${service.url}/cdn-cgi/local/scheduled`)).status).toBe(200)
  await service.kill()
  expect(await lookAgain()).toMatchObject([{ level: 'ok' }])

  // As it was before the event.
  execute(service.state, 'DROP TRIGGER audit_events_are_not_deleted; DELETE FROM audit_events')
  expect(findingOfDoctor()).toMatchObject({ level: 'error', fix: 'npm run restored' })

  const { code, printed } = npmRun('restored')
  expect([code, printed]).toEqual([0, expect.stringContaining('Done. 0 sessions have ended.')])
  expect(await lookAgain()).toMatchObject([{ level: 'ok' }])
})
