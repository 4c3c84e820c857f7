import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WrongUse } from '../../packages/cli/command.ts'
import { run as runUsers } from '../../packages/cli/users/users.ts'
import { runCommand } from '../support/run-command.ts'
import { databaseFile, type LocalService, startWorker } from './local-service.ts'

let service: LocalService

beforeAll(async () => {
  service = await startWorker()
})

afterAll(async () => {
  await service.stop()
  rmSync(service.folder, { recursive: true, force: true })
})

/** Runs a script of package.json on the local D1, by wrangler. */
function npmRunUsers(...words: string[]) {
  const command = ['run', '--silent', 'users', '--', ...words, '--state', service.state]
  const { status, stdout, stderr } = spawnSync('npm', command, { encoding: 'utf8' })
  return { code: status, printed: stdout + stderr }
}

/** Runs the command in this process, on the file of that same D1. A start of wrangler takes three seconds of CPU time, and this none. */
function usersOfFile(...words: string[]) {
  return runCommand(runUsers, ...words, '--sqlite', databaseFile(service.state))
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

  // npm hands every word on as it is.
  expect(npmRunUsers('roles', 'Ada@EXAMPLE.com.', 'admin', "it's; --")).toEqual({
    code: 0,
    printed: "ada@example.com now has the roles admin, it's; --.\n",
  })
  const again = await usersOfFile('roles', 'ada@example.com', 'admin', "it's; --")
  expect(again.printed).toContain('exactly these roles before')
  const shown = await usersOfFile('show', 'ada@example.com')
  expect(shown.code).toBe(0)
  expect(shown.printed).toMatch(/^roles: +admin, it's; --$/m)
  expect(shown.printed).toMatch(/^open sessions: +0$/m)
  expect(shown.printed).toMatch(/^second factor: +no$/m)
  expect(await usersOfFile('remove-second-factor', 'ada@example.com')).toEqual({
    code: 0,
    printed: 'ada@example.com has no second factor.',
  })
  const { account, passkeys, events } = JSON.parse(npmRunUsers('export', 'ada@example.com').printed)
  expect(account).toMatchObject([{ email: 'ada@example.com', roles: '["admin","it\'s; --"]' }])
  expect(passkeys).toEqual([])
  const by = `operator:${userInfo().username}`
  expect(events.filter(({ actor_id }: { actor_id: string }) => actor_id === by)).toMatchObject([
    { event: 'session-ended', reason: 'roles-changed' },
    { event: 'roles-changed' },
  ])
})

it('npm run users deletes nothing without --yes, and says when there is no such account', async () => {
  // What is wrong use, or a fault, ends the process with its code: janus.ts.
  expect(npmRunUsers('delete', 'ada@example.com')).toMatchObject({
    code: 2,
    printed: expect.stringContaining('Add --yes'),
  })
  const place = ['--sqlite', databaseFile(service.state)]
  await expect(runUsers(['show', 'nobody@example.com', ...place])).rejects.toMatchObject({
    exitCode: 1,
    message: 'There is no account nobody@example.com.',
  })
  for (const words of [
    ['destroy'],
    ['list', 'ada@example.com'],
    ['show'],
    ['roles', 'ada@example.com', '\u202e'],
  ]) {
    await expect(runUsers([...words, ...place]), words.join(' ')).rejects.toThrow(WrongUse)
  }
  expect(await usersOfFile('delete', 'ada@example.com', '--yes', '--by', 'grace')).toEqual({
    code: 0,
    printed: 'ada@example.com is deleted.',
  })
  expect((await usersOfFile('list')).printed).toBe('There is no account.')
})
