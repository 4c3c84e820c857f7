import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { execute, type LocalService, startWorker } from './local-service.ts'

let service: LocalService
let state = ''

beforeAll(async () => {
  service = await startWorker()
  state = service.state
})

afterAll(async () => {
  await service.kill()
  rmSync(service.folder, { recursive: true })
})

function verify(folder = state): { readonly code: number | null; readonly printed: string } {
  const command = ['run', '--silent', 'audit:verify', '--', '--state', folder]
  const { status, stdout, stderr } = spawnSync('npm', command, { encoding: 'utf8' })
  return { code: status, printed: stdout + stderr }
}

it('AUD-03: npm run audit:verify finds a sealed trail intact, and a changed row in it', async () => {
  // What happened less than a minute ago is not sealed yet.
  const event = "(unixepoch() - 120, 'signed-in', 'success', 'ada', 'Müller/1.0')"
  const events = Array(3).fill(event).join(', ')
  execute(state, `INSERT INTO audit_events (at, event, outcome, subject_id, user_agent) VALUES ${events}`)
  expect((await fetch(`${service.url}/cdn-cgi/local/scheduled`)).status).toBe(200)

  const intact = verify()
  expect(intact).toMatchObject({ code: 0, printed: expect.stringContaining('3 sealed rows, 0 not sealed') })
  const [, end = 'no end'] = /It ends at row 3 with ([0-9a-f]{64})/.exec(intact.printed) ?? []
  // What it prints arrives when this process gets to read it.
  const line = `"event":"audit-sealed","seq":3,"chain_hash":"${end}"`
  await vi.waitFor(() => expect(service.output()).toContain(line), 60_000)

  // Two processes have the database; a third, which sweeps, would be one too many for SQLite now and then.
  await service.kill()
  // With the trigger in its way, the change would be refused: test/audit/append-only.test.ts.
  const change = "UPDATE audit_events SET subject_id = 'eve' WHERE seq = 2"
  execute(state, `DROP TRIGGER audit_events_are_not_changed; ${change}`)
  const changed = verify()
  expect(changed).toMatchObject({ code: 1, printed: expect.stringContaining('broken: row 2') })
  expect(changed.printed).not.toContain('The chain is intact')
})

it('npm run audit:verify does not take a database that does not answer for an intact one', () => {
  expect(verify(join(service.folder, 'nothing')).code).toBe(2)
})
