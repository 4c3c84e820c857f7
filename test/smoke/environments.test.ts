import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { run as clients } from '../../packages/cli/clients/clients.ts'
import { run as doctor } from '../../packages/cli/doctor/doctor.ts'
import { run as init } from '../../packages/cli/init/init.ts'
import { isStamped, stamp } from '../../packages/cli/migrate/local-stamp.ts'
import { migrateRemote } from '../../packages/cli/migrate/migrate.ts'
import { readWorker } from '../../packages/cli/named-database.ts'
import { MIGRATIONS } from '../../packages/cli/place.ts'
import { runCommand } from '../support/run-command.ts'
import { examine } from './examine-config.ts'
import { writeToml } from './sample-config.ts'

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
  ])('is chosen by: %s', async (_, variable, inFile, name) => {
    const { configPath, folder } = writeToml(TOML)
    vi.stubEnv('CLOUDFLARE_ENV', variable)
    if (inFile !== '') writeFileSync(join(folder, '.env'), `CLOUDFLARE_ENV=${inFile}\n`)
    expect((await readWorker(configPath)).name).toBe(name)
    const findings = await examine({ configPath })
    expect(findings.find(({ check }) => check === 'worker.environment')?.what).toBe(
      name === 'shop'
        ? 'These are the settings of wrangler.toml outside its environments (staging, production). To check one: CLOUDFLARE_ENV=staging.'
        : 'This is the environment staging of wrangler.toml.',
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
    ['doctor', doctor, ['--env', 'staging']],
    ['clients', clients, ['list', '--env', 'staging']],
  ] as const)('is not an option, as %s says where somebody tries', async (_, command, args) => {
    const { printed } = await runCommand(command, ...args, '--config', writeToml(TOML).configPath)
    expect(printed).toContain('To choose an environment of the wrangler configuration, set CLOUDFLARE_ENV.')
  })

  it('lacks what init binds outside of it, as init says', async () => {
    const { folder } = writeToml(TOML)
    const { printed } = await runCommand(init, '--yes', '--folder', folder)
    expect(printed).toContain(
      'wrangler.toml has environments (staging, production), which inherit neither bindings nor vars.',
    )
  })
})
