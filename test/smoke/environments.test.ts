import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { environmentOf, takeCredentials } from '../../packages/cli/environment.ts'
import { run as init } from '../../packages/cli/init/init.ts'
import { localFile } from '../../packages/cli/local/local-vars.ts'
import { isStamped, stamp } from '../../packages/cli/migrate/local-stamp.ts'
import { migrateRemote } from '../../packages/cli/migrate/migrate.ts'
import { readWorker } from '../../packages/cli/named-database.ts'
import { MIGRATIONS } from '../../packages/cli/place.ts'
import { runCommand } from '../support/run-command.ts'
import { examine } from './examine-config.ts'
import { makeFolder, writeToml } from './sample-config.ts'

const TOML = `name = "shop"
vars = { ISSUER = "https://example.com/auth" }
[[d1_databases]]
binding = "DB"
database_name = "accounts"
[env.staging]
vars = { ISSUER = "https://staging.example.com/auth" }
[[env.staging.d1_databases]]
binding = "DB"
database_name = "accounts-staging"
[env.production]
`

describe('an environment of the wrangler configuration', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([
    ['none', '', '', 'shop'],
    ['CLOUDFLARE_ENV', 'staging', '', 'shop-staging'],
    ['CLOUDFLARE_ENV in .env, which wrangler reads, too', undefined, 'staging', 'shop-staging'],
    ['CLOUDFLARE_ENV over .env', 'staging', 'production', 'shop-staging'],
    ['.env where CLOUDFLARE_ENV is empty, which is none for wrangler', '', 'staging', 'shop-staging'],
  ])('is chosen by: %s', async (_, variable, inFile, name) => {
    const { configPath, folder } = writeToml(TOML)
    vi.stubEnv('CLOUDFLARE_ENV', variable)
    if (inFile !== '') writeFileSync(join(folder, '.env'), `CLOUDFLARE_ENV=${inFile}\n`)
    expect((await readWorker(configPath)).name).toBe(name)
    const findings = await examine({ configPath })
    expect(findings.find(({ check }) => check === 'settings.environment')?.what).toBe(
      name === 'shop'
        ? 'These are the settings of wrangler.toml outside its environments (staging, production). To check one: CLOUDFLARE_ENV=staging.'
        : 'This is the environment staging of wrangler.toml: what it lacks goes into [env.staging].',
    )
  })

  it('that is misspelt ends the command', async () => {
    const { configPath } = writeToml(TOML)
    vi.stubEnv('CLOUDFLARE_ENV', 'stagng')
    await expect(readWorker(configPath)).rejects.toThrow(/"stagng"[\s\S]*\["staging","production"\]/)
  })

  it('has a database of its own, which is migrated although that of another is', () => {
    const { configPath, folder } = writeToml(TOML)
    const database = { state: folder, configPath, binding: 'DB' }
    stamp(database, MIGRATIONS)
    expect(isStamped(database)).toBe(true)
    vi.stubEnv('CLOUDFLARE_ENV', 'staging')
    expect(isStamped(database)).toBe(false)
    stamp(database, MIGRATIONS)
    expect(isStamped(database)).toBe(true)
  })

  it('is not asked for in the copy of its settings that wrangler migrates by', async () => {
    const { configPath, folder } = writeToml(TOML)
    const script = join(folder, 'wrangler.mjs')
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs'
const args = process.argv.slice(2)
const { d1_databases } = JSON.parse(readFileSync(args[args.indexOf('--config') + 1], 'utf8'))
writeFileSync(${JSON.stringify(join(folder, 'seen.json'))}, JSON.stringify({ env: args[args.indexOf('--env') + 1], name: d1_databases[0].database_name }))`,
    )
    vi.stubEnv('CLOUDFLARE_ENV', 'staging')
    await migrateRemote(configPath, script)
    const { default: seen } = await import(join(folder, 'seen.json'), { with: { type: 'json' } })
    expect(seen).toEqual({ env: '', name: 'accounts-staging' })
  })

  it.each([
    [['doctor', '--env', 'staging'], true],
    [['clients', 'list', '--env', 'staging'], true],
    [['serve', '-e', 'staging'], false],
  ])('is not an option, which a command says that has environments: %j', (words, isSaid) => {
    const command = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', ...words]
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
    expect(status).toBe(2)
    expect(
      stderr.includes('To choose an environment of the wrangler configuration, set CLOUDFLARE_ENV.'),
    ).toBe(isSaid)
  })

  it('is the one whose secret the doctor says how to set', async () => {
    vi.stubEnv('CLOUDFLARE_ENV', 'staging')
    const findings = await examine(writeToml(TOML), { secretNames: [] })
    expect(findings.find(({ check }) => check === 'settings.AUTH_SECRET')?.fix).toContain(
      'npx wrangler secret put AUTH_SECRET --env staging;',
    )
  })

  it('has its token in .env, too; the environment of the process comes first', () => {
    const folder = makeFolder()
    writeFileSync(
      join(folder, '.env'),
      'CLOUDFLARE_API_TOKEN=of-env\nCLOUDFLARE_ACCOUNT_ID=of-env\nAPI_KEY=of-env\n',
    )
    vi.stubEnv('CLOUDFLARE_API_TOKEN', '')
    vi.stubEnv('CLOUDFLARE_ACCOUNT_ID', 'mine')
    vi.stubEnv('API_KEY', undefined)
    takeCredentials(folder)
    const { CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, API_KEY } = process.env
    expect([CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID, API_KEY]).toEqual(['of-env', 'mine', undefined])
  })

  it('is looked for in a file, and not in a folder that is called .env', () => {
    const folder = makeFolder()
    mkdirSync(join(folder, '.env'))
    expect([environmentOf(folder), localFile(folder)]).toEqual([undefined, '.dev.vars'])
    writeFileSync(join(folder, '.env.local'), '')
    expect(localFile(folder)).toBe('.env.local')
    vi.stubEnv('CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV', 'false')
    expect(localFile(folder)).toBe('.dev.vars')
  })

  it('lacks what init binds outside of it, as init says', async () => {
    const { folder } = writeToml(TOML)
    const { printed } = await runCommand(init, '--yes', '--folder', folder)
    expect(printed).toContain(
      'wrangler.toml has environments that lack what Janus needs (production): they inherit neither bindings nor vars.',
    )
  })
})
