import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { examine, wrong } from '../smoke/examine-config.ts'
import { documentedToml, makeFolder, writeOwnToml, writeToml } from '../smoke/sample-config.ts'
import { needTools } from '../support/with-tools.ts'

/** Lists the keys of wrangler.toml that are the same for everyone, whatever the address. */
const COMMON = [
  'compatibility_date',
  'kv_namespaces',
  'observability',
  'preview_urls',
  'ratelimits',
  'secrets',
  'send_email',
  'triggers',
] as const

describe.each([
  ['own-host', writeOwnToml, [...COMMON, 'keep_names']],
  ['same-host', writeOwnToml, [...COMMON, 'keep_names']],
  ['add-to-your-worker', writeToml, COMMON],
] as const)('the wrangler.toml of docs/start/%s.md', (page, write, same) => {
  it.each(same)('has what wrangler.toml has: %s', (field) => {
    const documented = unstable_readConfig({ config: write(documentedToml(page)).configPath })
    expect(documented[field]).toEqual(unstable_readConfig({ config: 'wrangler.toml' })[field])
  })

  it('has nothing wrong with it', async () => {
    const findings = await examine(write(documentedToml(page)))
    expect(wrong(findings)).toEqual([])
    expect(findings.length).toBeGreaterThan(5)
  })
})

it.each(['own-host', 'same-host'])('docs/start/%s.md builds as wrangler.toml does', (page) => {
  const [build = 'no [build]'] = /^\[build\]\n(?:.+\n)+/m.exec(readFileSync('wrangler.toml', 'utf8')) ?? []
  expect(documentedToml(page)).toContain(build)
})

/** Lists the commands of the pages that make a file of secrets, each with its file. */
const SECRET_COMMANDS = readdirSync('docs/start').flatMap((page) =>
  [
    ...readFileSync(`docs/start/${page}`, 'utf8').matchAll(
      /\(?(?:umask \d+; )?echo "[{"\\]*AUTH_SECRET[\\":=]+\$.*?> ([\w.]+)\)?/g,
    ),
  ].map(([command, file = '']) => ({ page, command, file })),
)

it('the pages make three files of secrets', () => {
  expect(SECRET_COMMANDS.map(({ page, file }) => `${page} ${file}`)).toEqual([
    'add-to-your-worker.md .dev.vars',
    'add-to-your-worker.md secrets.json',
    'own-host.md secrets.json',
  ])
})

it.for(SECRET_COMMANDS)(
  'only its owner can read $file of $page, and git ignores it',
  ({ command, file }, context) => {
    needTools(context, 'git', 'openssl')
    const folder = makeFolder()
    execFileSync('bash', ['-c', `umask 022; ${command}`], { cwd: folder })
    // In lines of NAME=value wrangler would let a secret of `.env` take the place of a deployed one.
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(
      file.endsWith('.json') ? /^\{"AUTH_SECRET":"[\w+/]{43}="\}\n$/ : /^AUTH_SECRET=[\w+/]{43}=\n$/,
    )
    expect((statSync(join(folder, file)).mode & 0o777).toString(8)).toBe('600')
    expect(execFileSync('git', ['check-ignore', file], { encoding: 'utf8' })).toBe(`${file}\n`)
  },
)
