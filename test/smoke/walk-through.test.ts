import { readFileSync, rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalService, runShell, startLocalService } from './local-service.ts'

const DOCUMENTED_URL = 'http://localhost:8787'

let service: LocalService

beforeAll(async () => {
  service = await startLocalService()
})

afterAll(async () => {
  await service.kill()
  rmSync(service.folder, { recursive: true })
})

/** The shell blocks of a section of the README. Lines `# → text` say what the commands before them print. */
function documentedBlocks(heading: string): string[] {
  const readme = readFileSync('README.md', 'utf8')
  const section = readme.split(/^(?=#{2,3} )/m).find((part) => part.startsWith(`### ${heading}\n`))
  const blocks = [...(section ?? '').matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)
  expect(blocks.length, `shell blocks under "${heading}"`).toBeGreaterThan(0)
  return blocks
}

describe.each(['With a session', 'With tokens'])('the walk-through of the README: %s', (heading) => {
  it('prints what the README says it prints', () => {
    for (const block of documentedBlocks(heading)) {
      const expected = [...block.matchAll(/^# → (.*)$/gm)].map(([, text = '']) => text)
      expect(expected.length).toBeGreaterThan(0)
      let printed = runShell(block.replaceAll(DOCUMENTED_URL, service.url), service.folder)
      for (const text of expected) {
        const at = printed.indexOf(text)
        expect(at, `"${text}" in:\n${printed}`).toBeGreaterThanOrEqual(0)
        printed = printed.slice(at + text.length)
      }
    }
  })
})

it('says at start what to try, and that works as printed', () => {
  const [, command = ''] = /( +curl -i -c jar [\s\S]*?'\n)/.exec(service.output()) ?? []
  expect(command).toContain(`${service.url}/register`)
  expect(runShell(command.replace('ada@', 'start@'), service.folder)).toContain('201 Created')
})

it('keeps what it acknowledged when it is killed at once', async () => {
  const person = { email: 'survivor@example.com', password: 'correct horse battery' }
  const post = (path: string, body: unknown) =>
    fetch(`${service.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
  const bySession = await post('/register', person)
  const cookie = bySession.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const byToken = await post('/login', { ...person, mode: 'token' })
  expect([bySession.status, byToken.status]).toEqual([201, 200])
  const { access_token, refresh_token } = (await byToken.json()) as Record<string, string>

  await service.kill()
  await expect(fetch(`${service.url}/healthz`)).rejects.toThrow()
  await service.restart()

  const me = (headers: Record<string, string>) => fetch(`${service.url}/me`, { headers })
  expect((await me({ Cookie: cookie })).status).toBe(200)
  expect((await me({ Authorization: `Bearer ${access_token}` })).status).toBe(200)
  const refreshed = await post('/refresh', { refresh_token })
  expect(refreshed.status).toBe(200)
  expect(await refreshed.json()).toMatchObject({ token_type: 'Bearer' })
})
