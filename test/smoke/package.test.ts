import { execFile, execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needTools } from '../support/with-tools.ts'
import { isProviderOf } from './dev-provider.ts'
import { documentedBlocks, expectPrinted } from './documented.ts'
import { haveInitialised } from './init-project.ts'
import { type LocalService, startService } from './local-service.ts'
import { haveVerified } from './second-opinions.ts'
import { API_ALONE_MOST_KIB } from './sizes.ts'
import { haveServedByVite } from './vite-project.ts'

const MODULES = join(process.cwd(), 'node_modules')
const WRANGLER = join(MODULES, 'wrangler/bin/wrangler.js')

/** Somebody's project, which has installed what would be published, and nothing else but what that asks for. */
const project = join(mkdtempSync(join(tmpdir(), 'janus-package-')), 'shop')

/** Building and packing take a quiet machine ten seconds. */
const START_TIMEOUT_MS = 300_000

/** Runs a program in the project. @throws With what it prints, if it fails. */
function run(program: string, ...options: string[]): string {
  return execFileSync(program, options, { cwd: project, encoding: 'utf8', stdio: 'pipe' })
}

/** Returns the messages of the compiler. */
function compile(config: string): string {
  try {
    return run(join(MODULES, '.bin/tsc'), '-p', config)
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}

/** Returns the Node of this machine, which is not the one that the tests run on. */
function machinesNode(): string {
  const folders = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  const found = folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file))
  return found ?? process.execPath
}

beforeAll(() => {
  cpSync('test/smoke/fresh-project', project, { recursive: true })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', project], { stdio: 'pipe' })
  const [archive = ''] = readdirSync(project).filter((name) => name.endsWith('.tgz'))
  // What is here already will do, so nobody need be asked: `npm ci` leaves nothing by which npm would find it again.
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object }
  const packages = ['hono', ...Object.keys(dependencies)].map((name) => join(MODULES, name))
  run(
    'npm',
    'install',
    '--offline',
    '--install-links',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    join(project, archive),
    ...packages,
  )
  symlinkSync(join(MODULES, 'wrangler'), join(project, 'node_modules/wrangler'))
  const toml = readFileSync(join(project, 'wrangler.toml'), 'utf8')
  writeFileSync(join(project, 'bare.toml'), toml.replace(/^migrations_dir = .*$/m, ''))
  writeFileSync(
    join(project, 'built.toml'),
    toml.replace('"worker.ts"', '"built/worker.js"\nno_bundle = true'),
  )
}, START_TIMEOUT_MS)

afterAll(() => rmSync(join(project, '..'), { recursive: true }))

it('the package holds what runs and its types, and no sources or settings of this checkout', () => {
  const files = readdirSync(join(project, 'node_modules/janus'), { recursive: true, withFileTypes: true })
  const names = files.filter((file) => file.isFile()).map(({ name }) => name)
  expect(names.filter((name) => /^\.|(?<!\.d)\.ts$|\.(toml|bin|css)$/.test(name))).toEqual([])
  expect(names).toContain('THIRD-PARTY-LICENSES.txt')
  const maps = globSync('node_modules/janus/dist/{*,parts/*,shared/*}.js.map', { cwd: project }).map(
    (path) => JSON.parse(readFileSync(join(project, path), 'utf8')) as Record<string, string[]>,
  )
  const sources = maps.flatMap((map) => map.sources ?? [])
  expect(sources).toContain('../../src/janus.ts')
  expect(maps.flatMap((map) => map.sourcesContent ?? [])).toHaveLength(sources.length)
  expect(sources.filter((path) => path.startsWith('/'))).toEqual([])
  for (const name of [
    'janus.js',
    'verify.js',
    'client.js',
    'client-account.js',
    'client-passkeys.js',
    'client-social.js',
    'client-react.js',
    'testing.js',
    '0001_accounts.sql',
  ]) {
    expect(names).toContain(name)
  }
})

describe('its modules', () => {
  it('leave an app that takes no part as small as this checkout does', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: "import { createJanus } from 'janus'\nexport default createJanus({})",
        resolveDir: project,
      },
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2024',
      external: ['cloudflare:*', 'node:*'],
      write: false,
    })
    const kib = (outputFiles[0]?.contents.byteLength ?? 0) / 1024
    console.log(`API alone, installed: ${kib.toFixed(1)} KiB`)
    expect(kib).toBeLessThan(API_ALONE_MOST_KIB)
  })

  // What `janus/postgres` throws is recognised by `janus` and by `janus/admin`.
  it.each(['StoreUnavailable', 'RowExists'])('have one class %s between them', (name) => {
    const modules = globSync('node_modules/janus/dist/{*,parts/*,shared/*}.js', { cwd: project })
    const holding = modules.filter((path) =>
      readFileSync(join(project, path), 'utf8').includes(`${name} = class`),
    )
    expect(holding).toHaveLength(1)
  })

  it('say that storage is unavailable where janus/postgres reaches no server', () => {
    const pg = join(project, 'node_modules/pg')
    if (!existsSync(pg)) symlinkSync(join(MODULES, 'pg'), pg)
    cpSync('test/smoke/postgres-outage.mjs', join(project, 'postgres-outage.mjs'))
    expect(run(process.execPath, 'postgres-outage.mjs').trim().split('\n').at(-1)).toBe(
      '503 store-unavailable',
    )
  })
})

describe('its command', () => {
  function command(program: string, ...given: string[]) {
    const { status, stdout, stderr } = spawnSync(program, given, { cwd: project, encoding: 'utf8' })
    return { code: status, stdout, printed: stdout + stderr }
  }
  const janus = (...given: string[]) => command('npx', '--no-install', 'janus', ...given)

  it("lists its commands and refuses others, on the machine's own Node", () => {
    const bin = join(project, 'node_modules/.bin/janus')
    const { code, printed } = command(machinesNode(), bin, '--help')
    expect([code, printed]).toEqual([0, expect.stringMatching(/^ {2}keys rotate +\S/m)])
    expect(command(machinesNode(), bin, 'keys')).toMatchObject({
      code: 2,
      printed: expect.stringMatching(/^Unknown command: keys\n[\s\S]+ keys rotate /),
    })
    expect(command(machinesNode(), bin, 'start')).toMatchObject({
      code: 2,
      printed: expect.stringContaining('npx janus dev'),
    })
  })

  it('names pages of the documentation that are there', () => {
    const { code, printed } = janus('serve', '--help')
    const pages = printed.match(/\S+\.md\b/g)
    expect([code, pages]).toEqual([0, ['node_modules/janus/docs/reference/configuration.md']])
    const { findings } = JSON.parse(janus('doctor', '--json', '--var', 'MAILER:none').stdout) as {
      findings: { check: string; fix: string | null }[]
    }
    const named = findings.flatMap(({ fix }) => fix?.match(/\S+\.md\b/g) ?? [])
    expect(named).toContain('node_modules/janus/docs/guides/mail.md')
    for (const page of named) expect(existsSync(join(project, page)), page).toBe(true)
  })

  it('brings its migrations along, and examines the configuration of the project', () => {
    const { code, printed } = janus('migrate', '--local', '--config', 'bare.toml')
    expect([code, printed]).toEqual([0, expect.stringContaining('The local database is current.')])

    const report = janus('doctor', '--json')
    expect(report.code, report.printed).toBe(1)
    const { findings } = JSON.parse(report.stdout) as {
      findings: { check: string; level: string; fix: string }[]
    }
    const errors = findings.filter(({ level }) => level === 'error')
    expect(errors.map(({ check }) => check)).toEqual(['settings.AUTH_SECRET', 'worker.cron'])
    expect(errors[0]?.fix).toContain('npx janus dev')
    expect(findings).toContainEqual(expect.objectContaining({ check: 'database.migrations', level: 'ok' }))
  })
})

describe('serves on Node, as docs/operate/node.md says', () => {
  const page = 'docs/operate/node.md'

  it('after its first two lines', async (context) => {
    needTools(context, 'openssl')
    const [first = ''] = documentedBlocks(page, 'Run Janus on Node', 'sh')
    const service = await startService(({ port }) => ({
      command: ['bash', '-ec', first.replace('8080', String(port)).replace('npx', 'exec npx')],
      cwd: project,
      variables: { PORT: String(port), HOST: 'localhost' },
      ready: /Janus is ready: /,
    }))
    try {
      expect((await fetch(`${service.url}/register`, { headers: { Accept: 'text/html' } })).status).toBe(200)
      expect(existsSync(join(project, 'janus.sqlite'))).toBe(true)
    } finally {
      await service.stop()
    }
  })

  // Docker is not among the tools of the tests: what its file says is done by hand.
  it('by the command of the Dockerfile, from what it copies', async () => {
    const [dockerfile = ''] = documentedBlocks(page, 'In a container', 'dockerfile')
    const [, copied = ''] = /^COPY (\S+) /m.exec(dockerfile) ?? []
    expect(globSync(copied, { cwd: project })).toHaveLength(1)
    const command: [string, ...string[]] = JSON.parse(/^CMD (.+)$/m.exec(dockerfile)?.[1] ?? '')
    const env = Object.fromEntries(
      (/^ENV (.+)$/m.exec(dockerfile)?.[1] ?? '').split(' ').map((pair) => pair.split('=')),
    )
    expect(env.HOST).toBe('0.0.0.0')
    const [, data = ''] = /^VOLUME (.+)$/m.exec(dockerfile) ?? []
    const service = await startService(({ port, state }) => {
      mkdirSync(state)
      return {
        command,
        cwd: project,
        variables: {
          ...env,
          DATABASE_PATH: String(env.DATABASE_PATH).replace(data, state),
          ISSUER: `http://localhost:${port}`,
          AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
          PORT: String(port),
        },
        ready: /Janus is ready: /,
      }
    })
    try {
      expect(await (await fetch(`${service.url}/readyz`)).json()).toMatchObject({ status: 'ready' })
      await service.end()
      expect(readdirSync(service.state)).toContain('janus.sqlite')
    } finally {
      await service.stop()
    }
  })
})

describe('its types', () => {
  beforeAll(() => {
    // As `wrangler types` would write them there, which takes seconds; the build has just written them here.
    const [, runtimeTypes = ''] = readFileSync('worker-configuration.d.ts', 'utf8').split(
      '// Begin runtime types\n',
    )
    writeFileSync(join(project, 'runtime-types.d.ts'), runtimeTypes)
  })

  it.each(['tsconfig.json', 'tsconfig.nodenext.json', 'tsconfig.anywhere.json', 'tsconfig.browser.json'])(
    'resolve, and refuse wrong use, with %s',
    (config) => expect(compile(config)).toBe(''),
  )

  it.each(['tsconfig.anywhere.json', 'tsconfig.node.json'])(
    'of janus/verify and janus/client resolve where Hono is not installed, with %s',
    (config) => {
      const alone = join(project, '../alone')
      for (const name of ['janus', 'jose']) {
        const modules = join(alone, 'node_modules', name)
        cpSync(join(project, 'node_modules', name), modules, { recursive: true })
      }
      mkdirSync(join(alone, 'node_modules/@types'), { recursive: true })
      cpSync(join(MODULES, '@types/node'), join(alone, 'node_modules/@types/node'), { recursive: true })
      cpSync(join(MODULES, 'undici-types'), join(alone, 'node_modules/undici-types'), { recursive: true })
      cpSync('test/smoke/fresh-project', alone, { recursive: true })
      expect(compile(join(alone, config))).toBe('')
    },
  )

  it('let one write what README and the guides show, with the bindings as `wrangler types` writes them', () => {
    const page = 'docs/guides/tokens-in-other-services.md'
    const [make = '', use = '', without = ''] = documentedBlocks(page, 'In a Worker', 'ts')
    const routes = use.trim().split('\n')
    expect(routes).toHaveLength(3)
    const source = [
      "import { env } from 'cloudflare:workers'",
      "import { Hono } from 'hono'",
      "import { createServiceClient, type JanusEnv, janus, requireRole } from 'janus/verify'",
      make,
      'export const app = new Hono<JanusEnv>()',
      ...routes.map((line) => `${line} return c.text(c.var.principal.userId) })`),
      without,
      "export const verdict = await callers.authenticate(new Headers(), 'GET')",
    ]
    writeFileSync(join(project, 'services.ts'), source.join('\n'))
    const [worker = ''] = documentedBlocks('README.md', 'Add sign-in to your Worker', 'ts')
    const [browser = ''] = documentedBlocks('README.md', 'Use it from the browser', 'ts')
    writeFileSync(join(project, 'index.ts'), worker)
    writeFileSync(join(project, 'browser.ts'), browser)
    const [mailer = ''] = documentedBlocks('docs/guides/mail.md', 'Any other', 'ts')
    writeFileSync(join(project, 'mailer.ts'), mailer)
    const [events = ''] = documentedBlocks('docs/guides/events.md', 'The smallest use', 'ts')
    writeFileSync(
      join(project, 'events.ts'),
      events.replace('env.ORDERS', '(env as unknown as { ORDERS: D1Database }).ORDERS'),
    )
    const config = {
      extends: './tsconfig.json',
      files: ['events.ts', 'services.ts', 'mailer.ts', 'index.ts', 'browser.ts'],
    }
    writeFileSync(join(project, 'tsconfig.documented.json'), JSON.stringify(config))
    expect(compile('tsconfig.documented.json')).toBe('')
  })
})

it("the Worker of README is bundled without anything of Node's", () => {
  const [worker = ''] = documentedBlocks('README.md', 'Add sign-in to your Worker', 'ts')
  const [toml = ''] = documentedBlocks('README.md', 'Add sign-in to your Worker', 'toml')
  writeFileSync(join(project, 'index.ts'), worker)
  writeFileSync(join(project, 'readme.toml'), toml)
  run(process.execPath, WRANGLER, 'deploy', '--dry-run', '--outdir', 'out', '--config', 'readme.toml')
  const bundle = readFileSync(join(project, 'out/index.js'), 'utf8')
  const imported = [...bundle.matchAll(/^import\b[^'"\n]*['"]([^'"\n]+)['"]/gm)].map(([, from = '']) => from)
  expect([...new Set(imported)]).toEqual(['cloudflare:workers'])
  expect(bundle).not.toMatch(/\bimport\(|\brequire\(\s*['"]/)
})

haveServedByVite(() => project)
haveInitialised(() => project)

describe('a Worker that mounts it, bundled by esbuild with another copy of Hono beneath it, without nodejs_compat', () => {
  let shop: LocalService

  beforeAll(async () => {
    // As npm nests one where the versions of the app and of Janus disagree.
    cpSync(join(project, 'node_modules/hono'), join(project, 'node_modules/janus/node_modules/hono'), {
      recursive: true,
    })
    const bundled = ['--bundle', '--format=esm', '--external:cloudflare:workers', '--outfile=built/worker.js']
    run(join(MODULES, '.bin/esbuild'), 'worker.ts', ...bundled)
    const copies = readFileSync(join(project, 'built/worker.js'), 'utf8').match(
      /^\/\/ .*hono\/dist\/hono-base\.js$/gm,
    )
    expect(copies).toHaveLength(2)
    shop = await startService(({ port, state }) => {
      // The secret, the tables and the issuer are the command's.
      const place = ['--config', 'built.toml', '--port', String(port), '--state', state]
      const provider = ['--var', 'OAUTH_SERVER:on']
      return {
        command: [process.execPath, 'node_modules/.bin/janus', 'dev', ...place, ...provider],
        cwd: project,
        ready: /Janus is ready: http:\/\/localhost:\d+\/auth/,
      }
    })
  })

  afterAll(() => shop?.stop())

  function send(path: string, headers: Record<string, string>, body?: object): Promise<Response> {
    const json = { 'Content-Type': 'application/json' }
    const init = body
      ? { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) }
      : { headers }
    return fetch(`${shop.url}${path}`, init)
  }

  it('registers people and signs them in, and knows them on its own route until they sign out', async () => {
    const person = { email: 'ada@example.com', password: 'analytical engine no. 1' }
    const registered = await send('/auth/register', {}, person)
    expect(registered.status).toBe(201)
    const { user } = (await registered.json()) as { user: { id: string } }
    const signedIn = await send('/auth/login', {}, person)
    expect(signedIn.status).toBe(200)
    const headers = { Cookie: signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '' }

    expect((await send('/orders', {})).status).toBe(401)
    expect(await (await send('/orders', headers)).json()).toEqual({ orders_of: user.id })
    expect((await send('/auth/logout', headers, {})).status).toBe(204)
    expect((await send('/orders', headers)).status).toBe(401)
  })

  it('has its pages and its description there, with what they load', async () => {
    const page = await send('/auth/login', { Accept: 'text/html' })
    const [, style = ''] = /<link rel="stylesheet" href="([^"]+)"/.exec(await page.text()) ?? []
    expect(style).toBe('/auth/assets/janus.css')
    expect((await send(style, {})).headers.get('Content-Type')).toMatch(/^text\/css/)
    expect((await send('/auth/openapi.json', {})).status).toBe(200)
    expect(await (await send('/', {})).text()).toBe('The shop')
  })

  it("TOK-09: the service of examples/ on the machine's own Node takes its tokens, as examples/README.md says", async (context) => {
    needTools(context, 'curl')
    cpSync('examples/node-service/service.js', join(project, 'service.js'))
    const person = { email: 'grace@example.com', password: 'analytical engine no. 1', mode: 'token' }
    const { access_token, user } = (await (await send('/auth/register', {}, person)).json()) as {
      access_token: string
      user: { id: string }
    }
    const service = await startService(({ port }) => ({
      command: [machinesNode(), 'service.js'],
      cwd: project,
      variables: { PORT: String(port), ISSUER: `${shop.url}/auth` },
      ready: /Serving on/,
    }))
    try {
      const blocks = documentedBlocks('examples/README.md', 'A service on plain Node').filter((block) =>
        block.includes('curl'),
      )
      for (const block of blocks) {
        const here = block.replaceAll('http://localhost:8788', service.url)
        expectPrinted(`ACCESS=${access_token}\n${here}`, service.folder)
      }
      const ask = (headers: [string, string][]) => fetch(service.url, { headers })
      const good: [string, string] = ['Authorization', `Bearer ${access_token}`]
      expect(await (await ask([good])).json()).toEqual({ user_id: user.id, roles: [] })
      expect((await ask([])).headers.get('WWW-Authenticate')).toBe('Bearer')
      const both = await ask([good, good])
      expect([both.status, await both.json()]).toMatchObject([401, { code: 'invalid-token' }])
    } finally {
      await service.stop()
    }
  })

  describe('TOK-09: of what it signs with EdDSA', () => {
    haveVerified(['fast-jwt', 'PyJWT'], 'EdDSA', () => `${shop.url}/auth`)
  })

  isProviderOf(() => ({
    issuer: `${shop.url}/auth`,
    janus: async (...options) => {
      const given = ['node_modules/.bin/janus', ...options, '--config', 'built.toml', '--state', shop.state]
      return (await promisify(execFile)(process.execPath, given, { cwd: project })).stdout
    },
  }))

  it("its client signs up and is known, on the machine's own Node", () => {
    const script = `
      import { createJanusClient } from 'janus/client'
      import { createTokens } from 'janus/client/tokens'
      const client = createJanusClient({ issuer: process.argv[1], mode: 'token', createTokens })
      await client.signUp({ email: 'hedy@example.com', password: 'analytical engine no. 1' })
      console.log((await client.me()).user.email)`
    const printed = run(machinesNode(), '--input-type=module', '--eval', script, `${shop.url}/auth`)
    expect(printed).toBe('hedy@example.com\n')
  })
})
