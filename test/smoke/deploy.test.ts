import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type DeployOptions, deployJanus } from '../../packages/cli/deploy/deploy-janus.ts'
import { readSecretsFile } from '../../packages/cli/deploy/secrets-file.ts'
import { createWrangler } from '../../packages/cli/wrangler.ts'
import { documentedToml, makeFolder, SAMPLE_SECRET, writeOwnToml } from './sample-config.ts'

const ALL_APPLIED = { stdout: '✅ No migrations to apply!\n' }
const TWO_UNAPPLIED = {
  stdout: `Migrations to be applied:
┌────────────────┐
│ Name           │
├────────────────┤
│ 0005_audit.sql │
├────────────────┤
│ 0006_mail.sql  │
└────────────────┘
`,
}
const NO_DATABASE = {
  code: 1,
  stderr:
    "✘ [ERROR] Couldn't find a D1 DB named 'janus' (bound as 'DB') in the API. Run 'wrangler d1 create janus' to create it.\n",
}
const NO_WORKER = {
  code: 1,
  stderr:
    '✘ [ERROR] Worker "janus" not found.\n\nIf this is a new Worker, run `wrangler deploy` first to create it.\nOtherwise, check that the Worker name is correct and you\'re logged into the right account.\n',
}
const LOGGED_OUT = {
  code: 1,
  stderr:
    "\u001b[31m✘ \u001b[41;97mERROR\u001b[0m In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.\n",
}
const HAS_SECRET = { stdout: JSON.stringify([{ name: 'AUTH_SECRET', type: 'secret_text' }]) }
const NO_SECRETS = { stdout: '[]' }
const accounts = (users: number) => ({ stdout: JSON.stringify([{ results: [{ users }], success: true }]) })

const LIST_SECRETS = 'secret list --format json'
const LIST_MIGRATIONS = 'd1 migrations list DB --remote'
const MIGRATE = 'd1 migrations apply DB --remote'
const DEPLOY = 'deploy --minify'
const COUNT = 'd1 execute DB --remote --json --command SELECT count(*) AS users FROM users'

const ready = () => Response.json({ status: 'ready', checks: [{ name: 'config', ok: true }] })
const notReady = () =>
  Response.json(
    { status: 'not-ready', checks: [{ name: 'd1', ok: false, detail: 'No schema.' }] },
    { status: 503 },
  )

interface Scene extends Partial<Pick<DeployOptions, 'secrets' | 'replaceSecret' | 'dryRun' | 'patienceMs'>> {
  readonly toml?: string
  readonly answers: Readonly<Record<string, object>>
  readonly signal?: AbortSignal
  readonly service?: () => Response
}

/** Prepares a deploy to an account that answers as told. */
function prepare({ toml = documentedToml('own-host'), answers, signal, service = ready, ...given }: Scene) {
  const { folder, configPath } = writeOwnToml(toml)
  writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers))
  const script = join(process.cwd(), 'test/smoke/fake-wrangler.ts')
  const printed: string[] = []
  const read = (name: string) => {
    const path = join(folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }
  return {
    run: () =>
      deployJanus({
        wrangler: createWrangler({ configPath, script, ...(signal ? { signal } : {}) }),
        configPath,
        plan: 'paid',
        secrets: {},
        replaceSecret: false,
        dryRun: false,
        print: (text) => printed.push(text),
        ask: async () => service(),
        patienceMs: 0,
        ...given,
      }),
    printed: () => printed.join('\n'),
    /** Returns the calls to wrangler, without the names of files. */
    calls: () =>
      read('calls.jsonl')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as string[]).join(' ').replace(/(--secrets-file) \S+/, '$1 FILE')),
    secretsFile: () => {
      const seen = read('secrets-seen.json')
      if (seen === '') return null
      const { path, mode, text } = JSON.parse(seen) as { path: string; mode: number; text: string }
      return { path, mode, secrets: JSON.parse(text) as Record<string, string> }
    },
  }
}

describe('the first deploy', () => {
  it('makes a secret, deploys, and then migrates the database that the deploy has made', async () => {
    const scene = prepare({ answers: { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE } })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, `${DEPLOY} --secrets-file FILE`, MIGRATE])

    const { path, mode, secrets } = scene.secretsFile() ?? { path: '', mode: 0, secrets: {} }
    expect(mode).toBe(0o600)
    expect(existsSync(path)).toBe(false)
    expect(Object.keys(secrets)).toEqual(['AUTH_SECRET'])
    expect(secrets.AUTH_SECRET).toMatch(/^[\w-]{43}$/)
    expect(scene.printed()).toContain('Nobody can read it back')
    expect(scene.printed()).not.toContain(secrets.AUTH_SECRET)
  })

  it('leaves the migrations to a Durable Object, which applies them itself', async () => {
    const [, lines = ''] =
      /^```toml\n\[vars\]\n(.*?)^```/ms.exec(readFileSync('docs/operate/durable-object.md', 'utf8')) ?? []
    const toml = `${documentedToml('own-host')}\n${lines.replace(/^DATABASE.*\n/, '')}`
    const onObject = toml.replace('[vars]\n', '[vars]\nDATABASE = "durable-object"\n')
    const scene = prepare({ toml: onObject, answers: { 'secret list': NO_WORKER } })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, `${DEPLOY} --secrets-file FILE`])
  })

  it('leaves the migrations of PostgreSQL to its own command, and makes no secret for accounts that may be there', async () => {
    const hyperdrive = `[[hyperdrive]]\nbinding = "HYPERDRIVE"\nid = "${'0'.repeat(32)}"\n`
    const toml = `${documentedToml('own-host').replace('[vars]\n', '[vars]\nDATABASE = "postgres"\n')}\n${hyperdrive}`
    const answers = { 'secret list': NO_WORKER }
    const refused = prepare({ toml, answers })
    expect(await refused.run()).toBe(1)
    expect(refused.calls()).toEqual([LIST_SECRETS])
    expect(refused.printed()).toContain('--secrets-file FILE')
    const told = prepare({ toml, answers, secrets: { AUTH_SECRET: SAMPLE_SECRET } })
    expect(await told.run()).toBe(0)
    expect(told.calls()).toEqual([LIST_SECRETS, `${DEPLOY} --secrets-file FILE`])
  })

  it('takes the secrets it is given, and makes none', async () => {
    const folder = makeFolder()
    const file = join(folder, 'secrets.env')
    writeFileSync(file, `AUTH_SECRET=${SAMPLE_SECRET}\nRESEND_API_KEY="re_sample"\n`)
    const scene = prepare({
      toml: documentedToml('own-host').replace('MAILER = "cloudflare"', 'MAILER = "resend"'),
      secrets: readSecretsFile(file),
      answers: { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE },
    })
    expect(await scene.run()).toBe(0)
    expect(scene.secretsFile()?.secrets).toEqual({ AUTH_SECRET: SAMPLE_SECRET, RESEND_API_KEY: 're_sample' })
    expect(scene.printed()).not.toContain(SAMPLE_SECRET)
  })

  it('lets no secret take the place of the one there is, unless it is told to', async () => {
    const answers = { 'secret list': HAS_SECRET, 'd1 migrations list': TWO_UNAPPLIED }
    const secrets = { AUTH_SECRET: SAMPLE_SECRET }
    const refused = prepare({ secrets, answers })
    expect(await refused.run()).toBe(1)
    expect(refused.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS])
    expect(refused.printed()).toContain('--replace-secret')
    const told = prepare({ secrets, answers, replaceSecret: true })
    expect(await told.run()).toBe(0)
    expect(told.secretsFile()?.secrets).toEqual(secrets)
  })

  it('quotes nothing of a secrets file that cannot be read', () => {
    const file = join(makeFolder(), 'secrets.json')
    writeFileSync(file, '{"AUTH_SECRET": hunter2hunter2}')
    expect(() => readSecretsFile(file)).toThrow(`${file} is not valid JSON`)
  })

  it('refuses a sample for a secret', async () => {
    const secrets = { AUTH_SECRET: 'replace-with-32-random-bytes' }
    const scene = prepare({
      secrets,
      answers: { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE },
    })
    expect(await scene.run()).toBe(1)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS])
    expect(scene.printed()).not.toContain(secrets.AUTH_SECRET)
  })

  it('migrates first where the database is there already, as the deploy button has it', async () => {
    const answers = { 'secret list': HAS_SECRET, 'd1 migrations list': TWO_UNAPPLIED }
    const scene = prepare({ answers })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, MIGRATE, DEPLOY])
  })

  it('removes the file with the secret when the deploy fails, and does not go on', async () => {
    const answers = { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE, deploy: { code: 1 } }
    const scene = prepare({ answers })
    expect(await scene.run()).toBe(1)
    expect(scene.calls()).not.toContain(MIGRATE)
    expect(existsSync(scene.secretsFile()?.path ?? '/')).toBe(false)
  })

  it('removes the file with the secret when it is stopped', async () => {
    const stop = new AbortController()
    const answers = { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE, deploy: { hangs: true } }
    const scene = prepare({ answers, signal: stop.signal })
    const running = scene.run()
    while (scene.secretsFile() === null) await sleep(20)
    const path = scene.secretsFile()?.path ?? '/'
    expect(existsSync(path)).toBe(true)
    stop.abort()
    await expect(running).rejects.toThrow()
    expect(existsSync(path)).toBe(false)
  })
})

describe('a later deploy', () => {
  it('migrates before the Worker that expects it, and leaves the secret alone', async () => {
    const scene = prepare({ answers: { 'secret list': HAS_SECRET, 'd1 migrations list': TWO_UNAPPLIED } })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, MIGRATE, DEPLOY])
    expect(scene.secretsFile()).toBeNull()
    expect(scene.printed()).toContain('0005_audit.sql, 0006_mail.sql')
  })

  it('migrates nothing where nothing is to be migrated', async () => {
    const scene = prepare({ answers: { 'secret list': HAS_SECRET, 'd1 migrations list': ALL_APPLIED } })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, DEPLOY])
  })

  it('does not deploy on a database that could not be migrated', async () => {
    const answers = {
      'secret list': HAS_SECRET,
      'd1 migrations list': TWO_UNAPPLIED,
      'd1 migrations apply': { code: 1 },
    }
    const scene = prepare({ answers })
    expect(await scene.run()).toBe(1)
    expect(scene.calls()).not.toContain(DEPLOY)
  })

  it.each([
    ['refuses to make a new secret where there are accounts', accounts(3), 1],
    [
      'refuses where it cannot be told whether there are',
      { code: 1, stderr: '✘ [ERROR] no such table: users' },
      1,
    ],
    ['makes a secret where there are none', accounts(0), 0],
  ])('%s', async (_, counted, code) => {
    const answers = { 'secret list': NO_SECRETS, 'd1 migrations list': ALL_APPLIED, 'd1 execute': counted }
    const scene = prepare({ answers })
    expect(await scene.run()).toBe(code)
    const deploys = code === 0 ? [`${DEPLOY} --secrets-file FILE`] : []
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, COUNT, ...deploys])
    if (code === 1) expect(scene.printed()).toContain('Nothing was deployed.')
  })
})

describe('a deploy that is not to be', () => {
  const answers = { 'secret list': HAS_SECRET, 'd1 migrations list': ALL_APPLIED }

  it('is refused for what the doctor would find, with the fix', async () => {
    const scene = prepare({ answers, toml: documentedToml('own-host').replace(/^ISSUER = .*$/m, '') })
    expect(await scene.run()).toBe(1)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS])
    expect(scene.printed()).toContain('Fix: Set it in [vars] of wrangler.toml')
  })

  it('is refused for the wrangler.toml of the repository, until ISSUER is set', async () => {
    const scene = prepare({ answers, toml: readFileSync('wrangler.toml', 'utf8') })
    expect(await scene.run()).toBe(1)
    expect(scene.printed()).toContain('ISSUER must be an https:// URL')

    const filledIn = readFileSync('wrangler.toml', 'utf8').replace(
      /^ISSUER = .*$/m,
      'ISSUER = "https://janus.acme.workers.dev"',
    )
    expect(await prepare({ answers, toml: filledIn }).run()).toBe(0)
  })

  it.each([
    ['nobody is logged in', { 'secret list': LOGGED_OUT }, 'wrangler is not logged in'],
    [
      'the account does not answer',
      { 'secret list': { code: 1, stderr: '✘ [ERROR] fetch failed' } },
      'fetch failed',
    ],
    ['it answers something else', { 'secret list': { stdout: '<html>' } }, '<html>'],
    [
      'the database does not answer',
      { ...answers, 'd1 migrations list': { code: 1, stderr: '✘ [ERROR] D1 is overloaded' } },
      'D1 is overloaded',
    ],
    [
      'the list of migrations looks different',
      { ...answers, 'd1 migrations list': { stdout: 'Some day' } },
      'Some day',
    ],
  ])('ends with 2 where %s', async (_, given, reason) => {
    const scene = prepare({ answers: given })
    expect(await scene.run()).toBe(2)
    expect(scene.printed()).toContain(reason)
    expect(scene.calls().filter((call) => call.startsWith('deploy'))).toEqual([])
  })

  it('only builds with --dry-run, and says what it would do', async () => {
    const first = { 'secret list': NO_WORKER, 'd1 migrations list': NO_DATABASE }
    const scene = prepare({ answers: first, dryRun: true })
    expect(await scene.run()).toBe(0)
    expect(scene.calls()).toEqual([LIST_SECRETS, LIST_MIGRATIONS, 'deploy --dry-run --minify'])
    expect(scene.printed()).toMatch(/1\. Deploy the Worker janus\n {2}2\. Apply the migrations/)

    const offline = prepare({ answers: { 'secret list': LOGGED_OUT }, dryRun: true })
    expect(await offline.run()).toBe(0)
    expect(offline.calls()).toEqual([LIST_SECRETS, 'deploy --dry-run --minify'])
  })
})

describe('after a deploy', () => {
  const answers = { 'secret list': HAS_SECRET, 'd1 migrations list': ALL_APPLIED }
  const unreachable = () => {
    throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND auth.example.com') })
  }

  it.each([
    ['ready', ready, 0, 'says: ready.'],
    ['not ready', notReady, 1, 'No schema.'],
    ['something else', () => new Response('It works'), 1, 'not as Janus does'],
    ['a host that is not known yet', unreachable, 0, 'takes some minutes'],
  ])('says of a service: %s', async (_, service, code, text) => {
    const scene = prepare({ answers, service })
    expect(await scene.run()).toBe(code)
    expect(scene.printed()).toContain(text)
  })

  it('waits for a service that becomes ready', async () => {
    let asked = 0
    const service = () => {
      asked += 1
      return asked === 1 ? notReady() : ready()
    }
    expect(await prepare({ answers, service, patienceMs: 10_000 }).run()).toBe(0)
    expect(asked).toBe(2)
  })
})

describe('the deploy button', () => {
  const { cloudflare, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    cloudflare: { bindings: Record<string, { description: string }> }
    scripts: Record<string, string>
  }

  it('is told of nothing that is not there, and of each setting and secret it asks for', () => {
    const toml = readFileSync('wrangler.toml', 'utf8')
    const [, vars = ''] = /^\[vars\]\n([\s\S]*?)\n\n/m.exec(toml) ?? []
    const example = readFileSync('.dev.vars.example', 'utf8')
    const names = (text: string) => [...text.matchAll(/^(\w+) ?=/gm)].map(([, name]) => name)
    const bound = [...toml.matchAll(/^binding = "(\w+)"/gm)].map(([, name]) => name)
    const asked = [...names(vars), ...names(example)]
    const described = Object.keys(cloudflare.bindings)
    expect(asked).toContain('ISSUER')
    expect(described).toEqual(expect.arrayContaining(asked))
    expect([...asked, ...bound]).toEqual(expect.arrayContaining(described))
  })

  it('runs what npm run deploy runs', () => {
    expect(scripts.deploy).toMatch(/^node .*packages\/cli\/janus\.ts deploy$/)
  })
})
