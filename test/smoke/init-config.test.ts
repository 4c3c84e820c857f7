import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { run as init } from '../../packages/cli/init/init.ts'
import { newWorker } from '../../packages/cli/init/mount.ts'
import { waitUntilReady } from '../../packages/cli/local/readiness.ts'
import { readVars } from '../../packages/cli/named-database.ts'
import { runCommand } from '../support/run-command.ts'
import { makeFolder } from './sample-config.ts'

/** Returns a folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder()
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  return folder
}

describe('init in a project whose configuration', () => {
  it.each([
    ['wrangler.json', '{"secrets":{"required":["STRIPE_KEY"]}}'],
    ['wrangler.toml', '[secrets]\nrequired = ["STRIPE_KEY"]\n'],
    ['wrangler.toml', '[secrets]\n'],
  ])('names secrets adds its own, because wrangler reads no other: %s %s', async (file, text) => {
    const folder = folderWith({ [file]: text, '.dev.vars': 'STRIPE_KEY="of-the-app"\n' })
    expect((await runCommand(init, '--yes', '--folder', folder)).code).toBe(0)
    const vars = await readVars(join(folder, file), 'here')
    expect(vars.AUTH_SECRET).toMatch(/^[\w-]{43}$/)
    if (text.includes('STRIPE_KEY')) expect(vars.STRIPE_KEY).toBe('of-the-app')
  })

  it('names no secrets leaves it so, because wrangler would not read the others', async () => {
    const folder = folderWith({ 'wrangler.json': '{}', '.dev.vars': 'STRIPE_KEY="of-the-app"\n' })
    await runCommand(init, '--yes', '--folder', folder)
    expect(await readVars(join(folder, 'wrangler.json'), 'here')).toMatchObject({
      STRIPE_KEY: 'of-the-app',
      AUTH_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    })
  })
})

it('init leaves a project of Cloudflare Pages alone, which has no cron', async () => {
  const toml = 'name = "shop"\npages_build_output_dir = "dist"\n'
  const folder = folderWith({ 'wrangler.toml': toml })
  const { code, printed } = await runCommand(init, '--yes', '--folder', folder)
  expect([code, printed]).toEqual([
    -1,
    'wrangler.toml is of a Cloudflare Pages project (pages_build_output_dir), which has no cron. Nothing was written. Run Janus beside it: docs/start/same-host.md',
  ])
  expect(readdirSync(folder)).toEqual(['wrangler.toml'])
  expect(readFileSync(join(folder, 'wrangler.toml'), 'utf8')).toBe(toml)
})

it.each(['.svelte-kit/cloudflare/_worker.js', '@tanstack/react-start/server-entry'])(
  'init makes no Worker where a build writes it: %s',
  async (main) => {
    const folder = folderWith({ 'wrangler.json': JSON.stringify({ main }) })
    for (const options of [['--yes'], []]) {
      const { code, printed } = await runCommand(init, ...options, '--folder', folder)
      expect([code, printed]).toEqual([
        1,
        expect.stringContaining(
          `main of wrangler.json is ${main}, which is not there. If a build writes it, see docs/guides/frameworks.md.`,
        ),
      ])
      expect(printed).not.toContain('has what Janus needs')
    }
    expect(readdirSync(folder).sort()).toEqual(['.dev.vars', '.gitignore', 'package.json', 'wrangler.json'])
    const written = JSON.parse(readFileSync(join(folder, 'wrangler.json'), 'utf8'))
    expect(written).toMatchObject({ main, vars: { ISSUER: 'https://example.com/auth' } })
    expect(written.vars).not.toHaveProperty('APP_URL')
  },
)

it.each(['src/index.ts', './src/index.ts'])('init makes the Worker that a person would: %s', async (main) => {
  const folder = folderWith({ 'wrangler.json': JSON.stringify({ main }) })
  expect((await runCommand(init, '--yes', '--folder', folder)).code).toBe(0)
  expect(readFileSync(join(folder, 'src/index.ts'), 'utf8')).toBe(newWorker('/auth'))
  expect(readFileSync(join(folder, 'wrangler.json'), 'utf8')).toContain('* * * * *')
})

it('init finds what a workspace has installed further up', async () => {
  const root = folderWith({})
  for (const name of ['janus', 'hono', 'wrangler']) {
    mkdirSync(join(root, 'node_modules', name), { recursive: true })
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}')
  }
  const folder = join(root, 'apps/shop')
  mkdirSync(folder, { recursive: true })
  const { printed } = await runCommand(init, '--folder', folder)
  expect(printed).not.toContain('install')
  expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).toContain(
    '"migrations_dir": "../../node_modules/janus/dist/migrations"',
  )
  const again = await runCommand(init, '--folder', folder)
  expect(again.printed).toContain('has what Janus needs')
  expect(again.printed).not.toContain('database of your app')
  // What it has itself comes first.
  mkdirSync(join(folder, 'node_modules/janus'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/janus/package.json'), '{}')
  rmSync(join(folder, 'wrangler.jsonc'))
  await runCommand(init, '--folder', folder)
  expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).toContain(
    '"node_modules/janus/dist/migrations"',
  )
})

describe('an ISSUER that a configuration has before init', () => {
  const NOTE =
    'ISSUER in wrangler.json is https://shop.eu.auth0.com/. Janus will use it as its own address. If it belongs to something else, rename it and run this again.'
  const CODE = "import { Hono } from 'hono'\nconst app = new Hono()\nexport default app\n"
  const vars = { ISSUER: 'https://shop.eu.auth0.com/' }

  it('may be of another provider, as init says before it asks', async () => {
    const folder = folderWith({ 'wrangler.json': JSON.stringify({ vars }), 'index.ts': CODE })
    for (const options of [[], ['--dry-run'], ['--yes']])
      expect((await runCommand(init, ...options, '--folder', folder)).printed).toContain(NOTE)
    expect((await runCommand(init, '--folder', folder)).printed).not.toContain('ISSUER in')
  })

  it.each<[name: string, config: object, code: string]>([
    ['the sessions', { kv_namespaces: [{ binding: 'SESSIONS' }] }, CODE],
    ['the limit', { ratelimits: [{ name: 'LOGIN_LIMIT' }] }, CODE],
    ['the code', {}, newWorker('/')],
  ])('is that of Janus where %s of Janus is there, too', async (_, config, code) => {
    const folder = folderWith({ 'wrangler.json': JSON.stringify({ vars, ...config }), 'index.ts': code })
    expect((await runCommand(init, '--yes', '--folder', folder)).printed).not.toContain('ISSUER in')
  })
})

it('init says each time that code which it could not change lacks Janus, and ends with 1', async () => {
  const folder = folderWith({ 'index.ts': 'export default { fetch: () => new Response() }\n' })
  for (const options of [['--yes'], []]) {
    const { code, printed } = await runCommand(init, ...options, '--folder', folder)
    expect(code).toBe(1)
    expect(printed).toContain("app.route('/auth', auth)")
    expect(printed).not.toContain('has what Janus needs')
  }
})

describe('janus dev', () => {
  const URL = 'http://localhost:8787/auth'

  const wait = (...answers: readonly (Response | null)[]) => waitFor(URL, ...answers)

  /** Waits for a service that answers so in turn, and with the last one from then on. Returns how long that took, too. */
  async function waitFor(url: string, ...answers: readonly (Response | null)[]) {
    vi.useFakeTimers()
    const ask = vi.spyOn(globalThis, 'fetch')
    onTestFinished(() => {
      vi.useRealTimers()
      ask.mockRestore()
    })
    ask.mockImplementation(async () => {
      const answer = answers[Math.min(ask.mock.calls.length, answers.length) - 1]
      if (!answer) throw new TypeError('fetch failed')
      return answer.clone()
    })
    const waiting = { reasons: null as readonly string[] | null }
    waitUntilReady(url).then((reasons) => {
      waiting.reasons = reasons
    })
    const startedAt = Date.now()
    while (waiting.reasons === null && Date.now() < startedAt + 300_000)
      await vi.advanceTimersByTimeAsync(200)
    return { ...waiting, seconds: (Date.now() - startedAt) / 1000 }
  }

  const report = (status: number, body: object) => Response.json(body, { status })
  const ready = report(200, { status: 'ready', checks: [] })

  it.each([
    [
      404,
      new Response('404 Not Found', { status: 404 }),
      /^ {2}Your Worker answers 404 at http:\/\/localhost:8787\/auth\/readyz, so Janus is not mounted there\./,
    ],
    [200, new Response('<title>The shop</title>'), /answers 200 at .*, so Janus is not mounted there\./],
    [
      500,
      new Response('Error', { status: 500 }),
      /^ {2}Your Worker answers 500 at .*\. What it printed is above\.$/,
    ],
  ])(
    'ends once a Worker went on answering %i without Janus, and leaves it 30 seconds',
    async (_, answer, reason) => {
      const { reasons, seconds } = await wait(answer)
      expect(reasons).toEqual([expect.stringMatching(reason)])
      expect(seconds).toBeGreaterThanOrEqual(30)
      expect(seconds).toBeLessThan(60)
    },
  )

  it('waits for a tunnel that answers for a Worker that it does not reach yet', async () => {
    const badGateways = Array.from({ length: 400 }, () => new Response('', { status: 502 }))
    const { reasons } = await waitFor('http://shop.example/auth', ...badGateways, ready)
    expect(reasons).toEqual([])
  })

  it('waits for a Worker that does not answer yet, and for one that is about to be mounted', async () => {
    const silence = Array.from({ length: 1000 }, () => null)
    expect(await wait(...silence, new Response('', { status: 503 }), ready)).toMatchObject({ reasons: [] })
  })

  it('says what Janus reports', async () => {
    const checks = [{ name: 'AUTH_SECRET', ok: false, detail: 'AUTH_SECRET is missing.' }]
    expect((await wait(report(503, { status: 'not-ready', checks }))).reasons).toEqual([
      '  AUTH_SECRET is missing.',
    ])
  })
})
