import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChromium } from '../e2e/chromium.ts'
import { arrive } from '../e2e/visitor.ts'
import { needTools } from '../support/with-tools.ts'
import { documentedBlocks, expectPrinted } from './documented.ts'
import { type LocalService, runShell, startService } from './local-service.ts'
import { haveVerified } from './second-opinions.ts'

const PAGE = 'examples/README.md'
const PASSWORD = 'analytical engine no. 1'

let notes: LocalService

beforeAll(async () => {
  notes = await startService(({ port, state }) => ({
    command: ['npm', 'run', 'example', '--', '--port', String(port), '--state', state],
    ready: /The notes are ready/,
  }))
})

afterAll(() => notes?.stop())

/** Returns the shell blocks of a section, for where the notes are served here. */
function blocks(heading: string): readonly string[] {
  return documentedBlocks(PAGE, heading).map((block) =>
    block.replaceAll('http://localhost:8787', notes.url).replaceAll('.wrangler/example', notes.state),
  )
}

describe('the notes beside Janus', () => {
  it('print by JWT what examples/README.md says they print', (context) => {
    needTools(context, 'curl')
    for (const block of blocks('By JWT')) expectPrinted(block, notes.folder)
  })

  it('ADM-01: let in who has the role, once it is given as examples/README.md says', (context) => {
    needTools(context, 'curl')
    const [give = '', use = ''] = blocks('A role')
    runShell(`${give} 2>&1`, process.cwd())
    expectPrinted(use, notes.folder)
  })

  it('serve a person in a browser by cookie: register, keep a note, delete it, sign out', async (context) => {
    needTools(context, 'chromium')
    const browser = await startChromium()
    try {
      const visitor = await arrive(browser, notes.url, {})
      const { page } = visitor
      await visitor.go('/')
      await visitor.follow('create an account')
      await visitor.fill({ 'Email address': 'grace@example.com', Password: PASSWORD })
      await visitor.press('Create account')
      expect(visitor.where()).toBe('/')
      await page.getByText('Signed in as grace@example.com.').waitFor()

      await visitor.fill({ 'New note': '<b>Find the moth</b>' })
      await page.getByRole('button', { name: 'Keep it' }).click()
      const note = page.getByRole('listitem').filter({ hasText: '<b>Find the moth</b>' })
      await note.waitFor()
      await note.getByRole('button').click()
      await note.waitFor({ state: 'detached' })

      await visitor.press('Sign out')
      expect(visitor.where()).toBe('/')
      await page.getByRole('link', { name: 'Sign in' }).waitFor()
      await visitor.leave()
    } finally {
      await browser.close()
    }
  })

  it('CSRF-01: refuse a note that a foreign page sends with the cookie, and keep none', async () => {
    const cookie = await registerBySession('margaret@example.com')
    const keep = (headers: Record<string, string>) =>
      fetch(`${notes.url}/notes`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Cookie: cookie, ...headers },
        body: JSON.stringify({ text: 'Sent from elsewhere' }),
      })
    const refused = await keep({ 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' })
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'cross-site-request' }])
    expect(await list(cookie)).toEqual([])
    expect((await keep({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(201)
    expect(await list(cookie)).toHaveLength(1)
  })

  it("show and delete only one's own notes", async () => {
    const [ada, eve] = [
      await registerBySession('ada-2@example.com'),
      await registerBySession('eve@example.com'),
    ]
    const created = await fetch(`${notes.url}/notes`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Cookie: ada },
      body: JSON.stringify({ text: 'Mine' }),
    })
    const { id } = (await created.json()) as { id: string }
    const removeAs = (cookie: string) =>
      fetch(`${notes.url}/notes/${id}`, { method: 'DELETE', headers: { Cookie: cookie } })
    expect(await list(eve)).toEqual([])
    expect((await removeAs(eve)).status).toBe(404)
    expect(await list(ada)).toMatchObject([{ id, text: 'Mine' }])
    expect((await removeAs(ada)).status).toBe(204)
  })

  it('refuse what is no note', async () => {
    const cookie = await registerBySession('hedy@example.com')
    for (const body of [
      '',
      'null',
      '{}',
      '{"text": ""}',
      '{"text": 1}',
      JSON.stringify({ text: 'x'.repeat(1001) }),
    ]) {
      const headers = { 'Content-Type': 'application/json', Cookie: cookie }
      const response = await fetch(`${notes.url}/notes`, { method: 'POST', headers, body })
      expect(response.status, body.slice(0, 20)).toBe(422)
    }
    expect(await list(cookie)).toEqual([])
  })
})

/** @returns The cookie. */
async function registerBySession(email: string): Promise<string> {
  const response = await fetch(`${notes.url}/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  expect(response.status).toBe(201)
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function list(cookie: string): Promise<unknown> {
  const response = await fetch(`${notes.url}/notes`, { headers: { Cookie: cookie } })
  const { notes: listed } = (await response.json()) as { notes: unknown }
  return listed
}

describe('TOK-09: of what the Janus beside the notes signs with ES256', () => {
  haveVerified(['jsonwebtoken', 'fast-jwt', 'PyJWT'], 'ES256', () => `${notes.url}/auth`)
})

it('the Janus beside the notes has the build and the bindings of wrangler.toml', () => {
  const settings = (file: string) =>
    readFileSync(file, 'utf8').match(
      /^(compatibility_date|command|binding|database_name|namespace_id|simple) = .*$/gm,
    )
  expect(settings('examples/notes/janus.toml')?.sort()).toEqual(settings('wrangler.toml')?.sort())
})

describe('docs/guides/tokens-in-other-services.md', () => {
  it.each([
    ['In a Worker', 'toml', 'examples/notes/wrangler.toml'],
    ['In a Worker', 'ts', 'examples/notes/worker.ts'],
    ['In Node', 'js', 'examples/node-service/service.js'],
  ])('%s: shows, in %s, lines of %s', (heading, language, file) => {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
    // The block for a Worker without Hono is compiled by test/smoke/package.test.ts; this example has Hono.
    const shown = documentedBlocks('docs/guides/tokens-in-other-services.md', heading, language).filter(
      (block) => !block.startsWith('const callers = '),
    )
    for (const block of shown) {
      for (const line of block.split('\n')) expect(lines).toContain(line.trim())
    }
  })
})
