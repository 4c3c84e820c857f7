import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { run as init } from '../../packages/cli/init/init.ts'
import { runCommand } from '../support/run-command.ts'
import { makeFolder } from './sample-config.ts'

const CRON = '* * * * *'

interface Initialised {
  readonly printed: string
  readonly code: string
  readonly hasCron: boolean
  /** Returns what the Worker answers, beside a Janus that says which bindings it was given. */
  get(path: string): Promise<string>
}

/** Runs `janus init` in a folder that has a Worker, whose configuration may have settings. */
async function initialise(source: string, vars: Readonly<Record<string, string>> = {}): Promise<Initialised> {
  const folder = makeFolder()
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  write('index.ts', source)
  write('wrangler.jsonc', JSON.stringify({ vars }))
  write('env.ts', "export const env = { NAME: 'their own' }\n")
  write('workers.js', "export const env = { NAME: 'the bindings' }\nexport class WorkerEntrypoint {}\n")
  write(
    'janus.js',
    `import { Hono } from 'hono'
export const createJanus = (env) => Object.assign(new Hono().get('/login', (c) => c.text('Janus with ' + env.NAME)), { sweep() {} })
export const createMail = {}, createPages = {}, createPasskeys = {}, createSecondFactors = {}
`,
  )
  const { printed } = await runCommand(init, '--yes', '--folder', folder)
  return {
    printed,
    code: read('index.ts'),
    hasCron: read('wrangler.jsonc').includes(CRON),
    async get(path) {
      const outfile = join(folder, 'out.mjs')
      const alias = { 'cloudflare:workers': './workers.js', janus: './janus.js' }
      await build({
        absWorkingDir: folder,
        alias,
        bundle: true,
        entryPoints: ['index.ts'],
        format: 'esm',
        nodePaths: [join(process.cwd(), 'node_modules')],
        outfile,
      })
      const { default: worker } = await import(pathToFileURL(outfile).href)
      return (await worker.fetch(new Request(`https://example.com${path}`), {})).text()
    },
  }
}

const APP = `import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/', (c) => c.text('The shop'))\n`

describe('janus init in a Worker', () => {
  it.each([
    ["import { env } from './env'\n", 'janusEnv'],
    ["import * as env from './env'\n", 'janusEnv'],
    ["const { env } = { env: { NAME: 'their own' } }\n", 'janusEnv'],
    ["import { env as bindings } from 'cloudflare:workers'\n", 'janusEnv'],
    ["import { env } from 'cloudflare:workers'\n", 'env'],
    ["import {\n  env,\n  WorkerEntrypoint,\n} from 'cloudflare:workers'\n", 'env'],
    ["import { env as own } from './env'\nimport { env } from 'cloudflare:workers'\n", 'env'],
    ['', 'env'],
  ])('gives Janus the bindings, whatever env is: %j', async (line, name) => {
    const { code, get } = await initialise(`${line}${APP}export default app\n`)
    expect(code).toContain(`createJanus(${name}, {`)
    expect([await get('/auth/login'), await get('/')]).toEqual(['Janus with the bindings', 'The shop'])
  })
  it.each([
    'new Hono<{ Variables: { log: (line: string) => void } }>()',
    'new Hono<{ Bindings: Record<string, () => string>; Variables: { log(line: string): void } }>({ strict: (false) })',
    'new Hono<\n  Record<string, object>\n>()',
  ])('is mounted behind the types of the app: %s', async (made) => {
    const { code, get } = await initialise(`${APP.replace('new Hono()', made)}export default app\n`)
    expect(code).toContain(`${made}.route('/auth', auth)\n`)
    expect([await get('/auth/login'), await get('/')]).toEqual(['Janus with the bindings', 'The shop'])
  })

  it.each([
    "new Hono({ getPath: (request) => new URL(request.url).pathname.replace(')', '') })",
    'new Hono<{ Variables: { /* a > b */ log: string } }>(/* :) */)',
  ])('is mounted behind the options of the app: %s', async (made) => {
    const { code, get } = await initialise(`${APP.replace('new Hono()', made)}export default app\n`)
    expect(code).toContain(`${made}.route('/auth', auth)\n`)
    expect(await get('/auth/login')).toBe('Janus with the bindings')
  })

  it.each(['app', 'app;', 'app satisfies object;', 'app as object // the shop'])(
    'keeps what follows the app: export default %s',
    async (exported) => {
      const source = `import { Hono } from 'hono';\nconst app = new Hono();\nexport default ${exported}\n`
      const { code, get } = await initialise(source)
      expect(code).toContain(
        `export default ${exported.replace('app', '{ fetch: app.fetch, scheduled: () => auth.sweep() }')}\n`,
      )
      expect(await get('/auth/login')).toBe('Janus with the bindings')
    },
  )

  it('is not mounted in an app that is made without a call', async () => {
    const source = `${APP.replace('()', '')}export default app\n`
    const { code, printed } = await initialise(source)
    expect(code).toBe(source)
    expect(printed).toContain('because app is not made by new Hono() in this file. Add:\n')
  })

  it.each([
    'export default { async fetch(request, env, context) { return app.fetch(request, env, context) }, async scheduled() {} }',
    "export default Sentry.withSentry(() => ({ dsn: '' }), { fetch: app.fetch, async scheduled() {} })",
    'export default withSentry({ fetch: app.fetch, async scheduled() {} })',
    'const worker: ExportedHandler<Env> = { fetch: app.fetch, async scheduled() {} }\nexport default worker',
    'export default class extends WorkerEntrypoint { fetch = app.fetch; async scheduled() {} }',
    'export default { fetch: (request) => app.fetch(request) }',
    "export default app\n  .get('/orders', orders)",
    "export default new Hono().get('/', home)",
    'export { worker as default }',
  ])('leaves a Worker that it cannot read as it is, without a cron: %s', async (exported) => {
    const source = `${APP}${exported}\n`
    const { code, hasCron, printed } = await initialise(source)
    expect([code, hasCron]).toEqual([source, false])
    expect(printed).toMatch(
      /^index\.ts was not changed, because (?:its default export is neither the name of a Hono app nor an object with `fetch: NAME\.fetch`|\w+ is not made by new Hono\(\) in this file)\. Add:\n\nimport /m,
    )
    // No line takes a handler of theirs away.
    expect(printed).not.toContain('export default')
    expect(printed).toContain(
      "If it has a scheduled handler, begin that with\n\n  if (controller.cron === '* * * * *') return auth.sweep()\n\nIf it has none, add scheduled: () => auth.sweep() to its default export, beside fetch.",
    )
  })

  it.each([
    ['of its own', `${APP}export default { fetch: app.fetch, async scheduled() {} }\n`],
    [
      'perhaps',
      `${APP}const jobs = { async scheduled() {} }\nexport default { fetch: app.fetch, ...jobs }\n`,
    ],
  ])('with a scheduled handler %s mounts Janus, without a cron and another handler', async (_, source) => {
    const { code, hasCron, printed, get } = await initialise(source)
    expect([code.match(/scheduled/g)?.length, hasCron]).toEqual([1, false])
    expect(printed).toContain("begin that with\n\n  if (controller.cron === '* * * * *') return auth.sweep()")
    expect(await get('/auth/login')).toBe('Janus with the bindings')
  })

  it.each([
    ['export default app', false],
    ['export default { fetch: app.fetch, scheduled: () => janus.sweep() }', true],
    ['export default withSentry({ fetch: app.fetch, scheduled: () => janus.sweep() })', true],
  ])('that mounts Janus has the cron only if it sweeps: %s', async (exported, sweeps) => {
    const mounted = "import { createJanus } from 'janus'\nconst janus = createJanus(env)\n"
    const source = `${mounted}${APP}app.route('/auth', janus)\n${exported}\n`
    const { code, hasCron, printed } = await initialise(source)
    expect([code, hasCron, printed.includes('return janus.sweep()')]).toEqual([source, sweeps, !sweeps])
  })

  it.each([
    ["app.route('/auth', accounts)", '/auth'],
    ['app.get("/auth/login", login)', '/auth/login'],
    ["app.on('GET', ['/sign-in', `/auth/:way`], login)", '/auth/:way'],
    ["app.mount('/auth', others)", '/auth'],
  ])('keeps the routes of an app that are where Janus would be: %s', async (line, path) => {
    const source = `${APP}${line}\nexport default app\n`
    const { code, hasCron, printed } = await initialise(source)
    expect([code, hasCron]).toEqual([source, false])
    expect(printed).toContain(
      `index.ts was not changed, because it has ${path} already, and Janus would answer there. If that is a route of your app, give ISSUER another path, such as /account-auth, in wrangler.jsonc and .dev.vars, and run this again. If it is Janus already, only the last step here is missing. Otherwise add:\n\nimport`,
    )
    const elsewhere = await initialise(source, { ISSUER: 'https://example.com/account-auth' })
    expect(elsewhere.code).toContain("new Hono().route('/account-auth', ")
    expect(elsewhere.hasCron).toBe(true)
  })

  it('leaves a Worker alone that mounts a Janus of another file', async () => {
    const source = `import { auth } from './auth'\n${APP}app.route('/auth', auth)\nexport default { fetch: app.fetch, scheduled: () => auth.sweep() }\n`
    const { code, hasCron, printed } = await initialise(source)
    expect([code, hasCron]).toEqual([source, true])
    expect(printed).not.toContain('not changed')
  })

  it.each([
    ['', true],
    ["app.get('/auth/callback', answer)\n", false],
  ])('is not taken for swept where something else sweeps: %j', async (line, isMounted) => {
    const source = `${APP}${line}export default { fetch: app.fetch, async scheduled() { await sessions.sweep() } }\n`
    const { code, hasCron, printed } = await initialise(source)
    expect([code.includes(".route('/auth', auth)"), hasCron]).toEqual([isMounted, false])
    expect(printed).toMatch(/return (?:a|janusA)uth\.sweep\(\)/)
  })

  it.each([
    "import { auth } from './auth'\nexport default { fetch: (request) => new URL(request.url).pathname.startsWith('/auth/') ? auth.fetch(request) : app.fetch(request), scheduled: () => auth.sweep() }\n",
    "import { auth } from './auth'\napp.all('/auth/*', (c) => auth.fetch(c.req.raw))\nexport default { fetch: app.fetch, scheduled: () => auth.sweep() }\n",
  ])('is taken for mounted where another file makes it: %s', async (lines) => {
    const { code, hasCron, printed } = await initialise(`${APP}${lines}`)
    expect([code, hasCron]).toEqual([`${APP}${lines}`, true])
    expect(printed).not.toContain('not changed')
  })

  it.each([
    '{ fetch: app.fetch }\nexport class Room { log(...lines: unknown[]) { return lines } scheduled() {} }',
    '{ fetch: app.fetch /* and more ... */ }',
  ])('sweeps beside what is not in the export: %s', async (exported) => {
    const { code, hasCron, get } = await initialise(`${APP}export default ${exported}\n`)
    expect([code.includes('{ scheduled: () => auth.sweep(), fetch: app.fetch'), hasCron]).toEqual([
      true,
      true,
    ])
    expect(await get('/auth/login')).toBe('Janus with the bindings')
  })

  it.each([
    ["app.get('/authors', (c) => c.text('Ada'))", 'https://example.com/auth'],
    ["app.get('/api/auth', (c) => c.text('Ada'))", 'https://example.com/auth'],
    ["app.get('/auth.txt', (c) => c.text('Ada'))", 'https://example.com/auth'],
    ["app.get('/account', (c) => c.text('Ada'))", 'https://example.com'],
    [
      'app.get("/start", (c) => c.html(\'<a href="/auth/login?next=1">Sign in</a>\'))',
      'https://example.com/auth',
    ],
    ["app.use('/auth/*', cors()) // Janus: app.route('/auth', auth)", 'https://example.com/auth'],
  ])('is mounted beside other routes: %s', async (line, ISSUER) => {
    const { code, hasCron } = await initialise(`${APP}${line}\nexport default app\n`, { ISSUER })
    expect([code.includes('new Hono().route('), hasCron]).toEqual([true, true])
  })
})
