import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { databaseFile, type LocalService, startWorker } from './local-service.ts'

const COMMAND = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', 'users']

let service: LocalService

beforeAll(async () => {
  service = await startWorker()
})

afterAll(async () => {
  await service.stop()
  rmSync(service.folder, { recursive: true, force: true })
})

/** Runs the command on the local D1, by wrangler. */
function users(...words: string[]) {
  return run(process.execPath, [...COMMAND, ...words, '--state', service.state])
}

/** Runs the command on the file of that same D1. A start of wrangler takes three seconds of CPU time, and this none. */
function usersOfFile(...words: string[]) {
  return run(process.execPath, [...COMMAND, ...words, '--sqlite', databaseFile(service.state)])
}

function run(program: string, command: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, command, { encoding: 'utf8' })
  return { code: status, printed: stdout + stderr }
}

it('npm run users makes the first administrator, whoever spells the address, and says who did it', async () => {
  const body = JSON.stringify({
    email: 'ada@example.com',
    password: 'correct horse battery',
    name: "Ada ') --",
  })
  const headers = { 'Content-Type': 'application/json' }
  const registered = await fetch(`${service.url}/register`, { method: 'POST', headers, body })
  expect(registered.status).toBe(201)

  const roles = ['roles', 'Ada@EXAMPLE.com.', 'admin', "it's; --"]
  // npm hands every word on as it is; the rest is the command alone, which starts faster.
  expect(run('npm', ['run', '--silent', 'users', '--', ...roles, '--state', service.state])).toEqual({
    code: 0,
    printed: "ada@example.com now has the roles admin, it's; --.\n",
  })
  expect(usersOfFile('roles', 'ada@example.com', 'admin', "it's; --").printed).toContain(
    'exactly these roles before',
  )
  const shown = usersOfFile('show', 'ada@example.com')
  expect(shown.code).toBe(0)
  expect(shown.printed).toMatch(/^roles: +admin, it's; --$/m)
  expect(shown.printed).toMatch(/^open sessions: +0$/m)
  expect(shown.printed).toMatch(/^second factor: +no$/m)
  expect(usersOfFile('remove-second-factor', 'ada@example.com')).toEqual({
    code: 0,
    printed: 'ada@example.com has no second factor.\n',
  })
  const { account, passkeys, events } = JSON.parse(users('export', 'ada@example.com').printed)
  expect(account).toMatchObject([{ email: 'ada@example.com', roles: '["admin","it\'s; --"]' }])
  expect(passkeys).toEqual([])
  const by = `operator:${userInfo().username}`
  expect(events.filter(({ actor_id }: { actor_id: string }) => actor_id === by)).toMatchObject([
    { event: 'session-ended', reason: 'roles-changed' },
    { event: 'roles-changed' },
  ])
})

it('npm run users deletes nothing without --yes, and says when there is no such account', () => {
  expect(usersOfFile('delete', 'ada@example.com')).toMatchObject({
    code: 2,
    printed: expect.stringContaining('Add --yes'),
  })
  expect(usersOfFile('show', 'nobody@example.com')).toEqual({
    code: 1,
    printed: 'There is no account nobody@example.com.\n',
  })
  for (const words of [
    ['destroy'],
    ['list', 'ada@example.com'],
    ['show'],
    ['roles', 'ada@example.com', '\u202e'],
  ]) {
    expect(usersOfFile(...words).code, words.join(' ')).toBe(2)
  }
  expect(users('delete', 'ada@example.com', '--yes', '--by', 'grace').printed).toBe(
    'ada@example.com is deleted.\n',
  )
  expect(usersOfFile('list').printed).toBe('There is no account.\n')
})
