import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needTools } from '../support/with-tools.ts'
import { documentedBlocks, expectPrinted } from './documented.ts'
import { type LocalService, runShell, startLocalService, startService } from './local-service.ts'

const DOCUMENTED_URL = 'http://localhost:8787'

/** `janus serve` with a SQLite file. */
function startOnNode(): Promise<LocalService> {
  const janus = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', 'serve']
  return startService(({ port, state }) => ({
    command: [process.execPath, ...janus],
    variables: {
      ISSUER: `http://localhost:${port}`,
      AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
      PASSWORD_ITERATIONS: '100000',
      HOST: 'localhost',
      PORT: String(port),
      DATABASE_PATH: `${state}.sqlite`,
    },
    ready: /Janus is ready: /,
  }))
}

describe.each([
  ['npm start', startLocalService],
  ['janus serve', startOnNode],
])('%s', (command, start) => {
  let service: LocalService

  beforeAll(async () => {
    service = await start()
  })

  afterAll(async () => {
    await service?.stop()
  })

  describe.each([
    ['docs/start/first-requests.md', 'With a session'],
    ['docs/start/first-requests.md', 'With tokens'],
    ['docs/guides/sign-in.md', 'The smallest use'],
    ['docs/guides/sessions-and-devices.md', 'The smallest use'],
  ])('%s, "%s"', (page, heading) => {
    it('prints what the page says it prints', (context) => {
      needTools(context, 'curl')
      for (const block of documentedBlocks(page, heading)) {
        const here = block
          .replaceAll(DOCUMENTED_URL, service.url)
          .replaceAll('-8787=', `-${new URL(service.url).port}=`)
        expectPrinted(here, service.folder)
      }
    })
  })

  if (command === 'npm start')
    it('says at start what to try, and that works as printed', (context) => {
      needTools(context, 'curl')
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
})
