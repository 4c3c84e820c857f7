import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { toTarget } from '../../packages/cli/database.ts'
import { run as init } from '../../packages/cli/init/init.ts'
import { planProject } from '../../packages/cli/init/plan.ts'
import { devVars } from '../../packages/cli/local/local-vars.ts'
import { adviceOnRuntime } from '../../packages/cli/local/runtime-age.ts'
import { run as migrate, migrateRemote } from '../../packages/cli/migrate/migrate.ts'
import { migrateLocal } from '../../packages/cli/migrate/migrate-local.ts'
import { databaseOf, readVars, readWorker } from '../../packages/cli/named-database.ts'
import { explainNoAnswer } from '../../packages/cli/no-answer.ts'
import { run as users } from '../../packages/cli/users/users.ts'
import { isLoggedOut, reasonOf } from '../../packages/cli/wrangler.ts'
import { runCommand } from '../support/run-command.ts'
import { documentedToml, makeFolder, writeOwnToml, writeToml } from './sample-config.ts'

const answer = (text: string) => ({
  code: 1,
  stdout: JSON.stringify({ error: { text } }, null, 2),
  stderr: '',
})

/** Runs `janus dev` until it ends. Returns the errors first. */
function dev(configPath: string) {
  const place = ['--config', configPath, '--state', join(dirname(configPath), 'state'), '--port', '18787']
  const script = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', 'dev']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...script, ...place], { encoding: 'utf8' })
  return { status, printed: stripVTControlCharacters(stderr + stdout) }
}

describe('an operator reads', () => {
  it.each([
    ['no such table: users: SQLITE_ERROR', '', /no tables of Janus. Run: npm run migrate$/],
    ['no such table: users', '--remote', /Run: npm run migrate -- --remote$/],
    ['relation "users" does not exist', '--postgres URL', /Run: npm run migrate -- --postgres URL$/],
    ['connect ECONNREFUSED 127.0.0.1:1', '', /^The database did not answer: connect ECONNREFUSED/],
  ])('what to do after: %s', (reason, option, message) => {
    expect(explainNoAnswer(reason, option)).toMatch(message)
  })

  it('the message of wrangler, and not its JSON', () => {
    expect(reasonOf(answer('no such table: users: "SQLITE_ERROR"'))).toBe(
      'no such table: users: "SQLITE_ERROR"',
    )
    expect(reasonOf({ code: 1, stdout: '', stderr: 'x [ERROR] No account\n' })).toBe('No account')
  })

  it('that wrangler is not logged in', () => {
    expect(isLoggedOut(answer('set a CLOUDFLARE_API_TOKEN environment variable'))).toBe(true)
    expect(isLoggedOut(answer('no such table: users'))).toBe(false)
  })

  it('nothing of PostgreSQL where .dev.vars has D1 for this machine', async () => {
    const toml = documentedToml('own-host').replace('[vars]\n', '[vars]\nDATABASE = "postgres"\n')
    const { configPath } = writeOwnToml(toml)
    writeFileSync(join(dirname(configPath), '.dev.vars'), 'DATABASE=d1\n')
    expect([await databaseOf(configPath, 'here'), await databaseOf(configPath, 'deployed')]).toEqual([
      'd1',
      'postgres',
    ])
  })

  it.each([
    ['users', users, ['list', '--remote']],
    ['migrate', migrate, ['--remote']],
    ['migrate', migrate, []],
  ])('how to name PostgreSQL where the configuration does: %s', async (_, command, options) => {
    const toml = documentedToml('own-host').replace('[vars]\n', '[vars]\nDATABASE = "postgres"\n')
    const { configPath } = writeOwnToml(toml)
    expect(await runCommand(command, ...options, '--config', configPath)).toEqual({
      code: -1,
      printed: expect.stringMatching(/^DATABASE is postgres.* --postgres postgres:/),
    })
  })

  it('how to keep apart an app whose DB has a table of the same name', async () => {
    const d1 = (binding: string, folder: string) =>
      `[[d1_databases]]\nbinding = "${binding}"\ndatabase_name = "shop"\ndatabase_id = "00000000-0000-4000-8000-000000000001"\nmigrations_dir = "${folder}"\n`
    const toml = `name = "shop"\nmain = "index.ts"\ncompatibility_date = "2026-10-15"\n${d1('DB', 'own')}${d1('SHOP', 'own')}`
    const { configPath, folder } = writeOwnToml(toml)
    mkdirSync(join(folder, 'own'))
    writeFileSync(join(folder, 'own/0001_shop.sql'), 'CREATE TABLE users (id INTEGER PRIMARY KEY);')
    const state = join(folder, 'state')
    await migrateLocal(configPath, state, 'SHOP')
    expect(await runCommand(migrate, '--config', configPath, '--state', state)).toEqual({
      code: -1,
      printed: expect.stringMatching(
        /0001_\w+\.sql could not be applied: .*table users already exists.*\nIf DB is a database of your app, and Janus keeps no accounts in it yet: .* another name than DB.*\n.*run npm run init/,
      ),
    })
    const { notes } = planProject(folder, '2026-10-15')
    expect(notes.join('\n')).toMatch(
      /^If DB is a database of your app, and Janus keeps no accounts in it yet: .*\n.* in wrangler\.toml and in your code/,
    )
    writeFileSync(configPath, toml.replace('"own"', '"../../node_modules/janus/dist/migrations"'))
    expect(planProject(folder, '2026-10-15').notes.join('\n')).not.toContain('of your app, and')
    writeFileSync(configPath, toml.replace('"DB"', '"BAKERY"'))
    const [, { after = '' } = {}] = planProject(folder, '2026-10-15').changes.filter(
      ({ path }) => path !== '.gitignore',
    )
    expect(after).toContain('database_name = "shop-accounts"')
  })

  it.each([
    ['table users already exists at offset 0: SQLITE_ERROR', 'own', true],
    ['A request to the Cloudflare API failed', 'own', false],
    ['table users already exists at offset 0: SQLITE_ERROR', 'all', false],
  ])(
    'how to keep it apart only where that is why: %s, migrations in %s',
    async (reason, where, isAdvised) => {
      const { configPath, folder } = writeToml(
        `name = "shop"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "shop"\nmigrations_dir = "${where}"\n`,
      )
      cpSync('src/storage/d1/migrations', join(folder, 'all'), { recursive: true })
      const script = join(folder, 'wrangler.mjs')
      writeFileSync(script, `console.error(${JSON.stringify(reason)}); process.exit(1)`)
      const message = await migrateRemote(configPath, script).catch(String)
      expect(message).toContain('The message of wrangler is above.')
      expect(String(message).includes('another name than DB')).toBe(isAdvised)
    },
  )

  it("nothing of another database where a migration of the app's own failed", async () => {
    const { configPath, folder } = writeToml(
      `name = "shop"\n[[d1_databases]]\nbinding = "ORDERS"\ndatabase_name = "shop"\nmigrations_dir = "own"\n`,
    )
    mkdirSync(join(folder, 'own'))
    const text = 'CREATE TABLE orders (id INTEGER PRIMARY KEY);\n'
    writeFileSync(join(folder, 'own/0001_orders.sql'), text + text)
    const failed = migrateLocal(configPath, join(folder, 'state'), 'ORDERS')
    await expect(failed).rejects.toThrow(/0001_orders\.sql could not be applied: .*already exists[^\n]*$/)
  })

  it.each<[rule: string, isFault: boolean]>([
    ['!/auth/*', true],
    ['!/auth/assets/*', true],
    ['!/*.css', true],
    ['!/a*', true],
    ['!/assets/*', false],
    ['!/authors/*', false],
    ['!/auth-assets/*', false],
  ])('whether Janus is in an exception of run_worker_first: %s', (rule, isFault) => {
    const folder = makeFolder()
    const assets = { not_found_handling: 'single-page-application', run_worker_first: ['/*', rule] }
    writeFileSync(join(folder, 'wrangler.json'), JSON.stringify({ assets }))
    const notes = planProject(folder, '2026-10-15').notes.join('\n')
    expect(notes.includes(`${rule} in run_worker_first of wrangler.json keeps`)).toBe(isFault)
  })

  it('the commands of Vite where it serves the Worker, and its address', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'vite.config.ts'), "import { cloudflare } from '@cloudflare/vite-plugin'\n")
    const { code, printed } = await runCommand(init, '--yes', '--folder', folder)
    expect(code).toBe(0)
    expect(readFileSync(join(folder, '.dev.vars'), 'utf8')).toMatch(
      /^ISSUER="http:\/\/localhost:5173\/auth"\nAPP_URL="http:\/\/localhost:5173\/"\nMAILER="console"$/m,
    )
    expect(printed).toContain('\n  npx janus migrate\n  npx vite dev\n')
    expect(printed).toContain(
      'npx vite dev serves http://localhost:5173/auth/register. If Vite says another port, put it into ISSUER and APP_URL of',
    )
    expect(printed).not.toContain('janus dev')
    // Where APP_URL is not on the origin of ISSUER, it does not go along.
    writeFileSync(join(folder, 'wrangler.jsonc'), '{"vars":{"APP_URL":"none"}}')
    const again = await runCommand(init, '--yes', '--folder', folder)
    expect(again.printed).toContain('another port, put it into ISSUER of .dev.vars.')
  })

  it('no variables of an app in .env, which a new .dev.vars would hide from wrangler', async () => {
    const folder = makeFolder()
    const configPath = join(folder, 'wrangler.jsonc')
    writeFileSync(
      configPath,
      '{"vars":{"APP_URL":"https://example.com/shop","ISSUER":"https://example.com/auth"}}',
    )
    writeFileSync(
      join(folder, '.env'),
      'API_KEY=of-the-app\nAPP_URL=http://localhost:5173/\nAUTH_SECRET=\nISSUER=https://example.net/\n',
    )
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n*.local\n')
    expect((await runCommand(init, '--yes', '--folder', folder)).printed).not.toContain('.dev.vars')
    expect(existsSync(join(folder, '.dev.vars'))).toBe(false)
    expect(statSync(join(folder, '.env.local')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe(
      'node_modules\n*.local\n.wrangler\nsecrets.json\n',
    )
    expect(await readVars(configPath, 'here')).toMatchObject({
      API_KEY: 'of-the-app',
      APP_URL: 'http://localhost:5173/',
      AUTH_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      ISSUER: 'http://localhost:8787/auth',
    })
    const before = readFileSync(join(folder, '.env.local'), 'utf8')
    expect(devVars(await readWorker(configPath), 'http://localhost:9000', folder)).not.toHaveProperty(
      'APP_URL',
    )
    expect((await runCommand(init, '--yes', '--folder', folder)).code).toBe(0)
    expect(readFileSync(join(folder, '.env.local'), 'utf8')).toBe(before)
  })

  it('where people end who signed in, if the app has no page at /', async () => {
    const folder = makeFolder()
    const app = "import { Hono } from 'hono'\nconst app = new Hono()\nexport default app\n"
    writeFileSync(join(folder, 'index.ts'), app)
    const { printed } = await runCommand(init, '--yes', '--folder', folder)
    expect(printed).toContain('Set APP_URL in wrangler.jsonc to a page of your app')
    expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).not.toContain('APP_URL')
    expect(readFileSync(join(folder, '.dev.vars'), 'utf8')).not.toContain('APP_URL')
    // Its files may have one.
    const assets = { directory: 'public' }
    mkdirSync(join(folder, 'public'))
    writeFileSync(join(folder, 'public/index.html'), '')
    writeFileSync(join(folder, 'wrangler.jsonc'), JSON.stringify({ assets }))
    await runCommand(init, '--yes', '--folder', folder)
    expect(readFileSync(join(folder, 'wrangler.jsonc'), 'utf8')).toContain(
      '"APP_URL": "https://example.com/"',
    )
    expect(readFileSync(join(folder, '.dev.vars'), 'utf8')).toMatch(/^APP_URL="http:\/\/localhost:8787\/"$/m)
  })

  it('where people end who signed in, once init has set APP_URL in an app that there was', async () => {
    const folder = makeFolder()
    const note =
      /APP_URL in wrangler\.jsonc is now https:\/\/example\.com\/, so people who sign in end at \/ of your host/
    writeFileSync(
      join(folder, 'index.ts'),
      "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/', (c) => c.text('Hi'))\nexport default app\n",
    )
    expect((await runCommand(init, '--yes', '--folder', folder)).printed).toMatch(note)
    expect((await runCommand(init, '--yes', '--folder', folder)).printed).not.toMatch(note)
    const { printed } = await runCommand(init, '--folder', makeFolder())
    expect(printed).not.toMatch(note)
  })

  it('that APP_URL is still the example, once ISSUER is not', async () => {
    const folder = makeFolder()
    const vars = { ISSUER: 'https://shop.example.net/auth', APP_URL: 'https://example.com/' }
    writeFileSync(join(folder, 'wrangler.jsonc'), JSON.stringify({ vars }))
    const { printed } = await runCommand(init, '--yes', '--folder', folder)
    expect(printed).toContain('Before you deploy, set APP_URL in wrangler.jsonc to the host of your app.')
  })

  it.each([
    ['is moved with ISSUER', '', 'http://localhost:9000/shop?a=b'],
    [
      'of .dev.vars is moved, too',
      'ISSUER="http://localhost:8787/auth"\nAPP_URL="http://localhost:8787/x"\n',
      'http://localhost:9000/x',
    ],
    [
      'of a front end of its own stays',
      'ISSUER="http://localhost:8787/auth"\nAPP_URL="http://localhost:5173/"\n',
      undefined,
    ],
    [
      'with pages of the app on its origin stays',
      'OWN_PAGES="/login=https://example.com/sign-in"\n',
      undefined,
    ],
    [
      'with pages of the app by their path is moved',
      'OWN_PAGES="/login=/sign-in"\n',
      'http://localhost:9000/shop?a=b',
    ],
  ])('what janus dev --port sets: APP_URL %s', async (_, devVarsText, APP_URL) => {
    const { configPath, folder } = writeToml(
      '[vars]\nISSUER = "https://example.com/auth"\nAPP_URL = "https://example.com/shop?a=b"\n',
    )
    if (devVarsText !== '') writeFileSync(join(folder, '.dev.vars'), devVarsText)
    const vars = devVars(await readWorker(configPath), 'http://localhost:9000', folder)
    expect(vars).toEqual({
      ISSUER: 'http://localhost:9000/auth',
      MAILER: 'console',
      ...(APP_URL === undefined ? {} : { APP_URL }),
    })
  })

  it('that the wrangler of an old Node may be why it did not start', () => {
    const age = { compatibilityDate: '2026-10-15', version: '4.86.0', newest: '2026-04-26', node: '20.20.2' }
    expect(adviceOnRuntime(age)).toMatch(
      /date is 2026-10-15, and the runtime of wrangler 4\.86\.0 is of 2026-04-26\. On Node 20\.20\.2, .*Install Node 22\.12 or newer/,
    )
    expect(adviceOnRuntime({ ...age, node: '24.1.0' })).toMatch(
      /If that is the reason, install a newer one:\n\n {2}npm install wrangler@latest$/,
    )
    for (const fit of [{ compatibilityDate: undefined }, { compatibilityDate: '2026-04-26' }]) {
      expect(adviceOnRuntime({ ...age, ...fit })).toBeNull()
    }
  })

  it.each([
    { date: '2099-01-01', isOlder: true },
    { date: '2026-10-15', isOlder: false },
  ])('that only after wrangler itself has failed: $date', ({ date, isOlder }) => {
    const { configPath, folder } = writeToml(
      `name = "shop"\nmain = "missing.ts"\ncompatibility_date = "${date}"\nunknown = 1\nvars = { DATABASE = "durable-object" }\n`,
    )
    if (isOlder) writeFileSync(join(folder, 'missing.ts'), 'export default { fetch: () => new Response() }')
    const { status, printed } = dev(configPath)
    expect(status).toBe(1)
    // Whoever reads the configuration warns of it: Janus once, and wrangler.
    expect(printed.match(/Unexpected fields .*"unknown"/g)).toHaveLength(2)
    const [before, after] = printed.split('Your compatibility_date is')
    expect(before).toMatch(isOlder ? /compatibility date "2099-01-01"/i : /missing\.ts/)
    expect(after).toEqual(
      isOlder
        ? expect.stringMatching(/^ 2099-01-01, and the runtime of wrangler [\d.]+ is of 20/)
        : undefined,
    )
  })

  it.each([
    ['', ''],
    [
      ', ISSUER = "https://example.com/auth", APP_URL = "https://example.com/"',
      ', and APP_URL too, such as http://localhost:5173/',
    ],
  ])('that Vite serves the Worker, once wrangler has failed: DATABASE%s', (vars, andAppUrl) => {
    const { configPath, folder } = writeToml(
      `name = "shop"\nmain = "shop.ts"\ncompatibility_date = "2026-10-15"\nvars = { DATABASE = "durable-object"${vars} }\n[assets]\nnot_found_handling = "404-page"\n`,
    )
    writeFileSync(join(folder, 'shop.ts'), 'export default { fetch: () => new Response() }')
    writeFileSync(join(folder, 'vite.config.ts'), "import { cloudflare } from '@cloudflare/vite-plugin'\n")
    const { status, printed } = dev(configPath)
    expect(status).toBe(1)
    expect(printed).toMatch(
      /missing the required `directory`[\s\S]*Vite serves this Worker\. Run:\n\n {2}npm run migrate\n {2}npx vite dev\n\n/,
    )
    expect(printed).toContain(
      `\nISSUER in .dev.vars must be where Vite serves, such as http://localhost:5173/auth${andAppUrl}.\n`,
    )
  })

  it('which options contradict each other', () => {
    const none = { local: false, remote: false }
    expect(() => toTarget({ ...none, local: true, remote: true })).toThrow(
      '--remote cannot be combined with --local or --state',
    )
    expect(() => toTarget({ ...none, remote: true, sqlite: 'a.sqlite' })).toThrow(
      '--sqlite cannot be combined with another database',
    )
  })
})
