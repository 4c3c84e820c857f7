import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDatabase, listMigrations } from '../../packages/cli/doctor/check-account.ts'
import { checkService } from '../../packages/cli/doctor/check-service.ts'
import type { Finding } from '../../packages/cli/doctor/finding.ts'
import { createWrangler } from '../../packages/cli/wrangler.ts'
import { type LocalService, startLocalService } from './local-service.ts'
import { documentedToml, makeFolder, writeOwnToml } from './sample-config.ts'

let service: LocalService

beforeAll(async () => {
  service = await startLocalService()
})

afterAll(() => service.stop())

interface Report {
  readonly code: number | null
  readonly printed: string
  readonly findings: readonly Finding[]
}

const COMMAND = ['--import', './packages/cli/require-node.js', 'packages/cli/janus.ts', 'doctor']

function doctor(flags: readonly string[], env: NodeJS.ProcessEnv = process.env): Report {
  return reportOf(process.execPath, [...COMMAND, ...flags], env)
}

function reportOf(program: string, command: readonly string[], env: NodeJS.ProcessEnv = process.env): Report {
  const { status, stdout, stderr } = spawnSync(program, command, { encoding: 'utf8', env })
  const isJson = command.includes('--json') && stdout.startsWith('{')
  return { code: status, printed: stdout + stderr, findings: isJson ? JSON.parse(stdout).findings : [] }
}

const levelsOf = (findings: readonly Finding[]) => findings.map(({ level, check }) => `${level} ${check}`)
const wrong = (findings: readonly Finding[]) => levelsOf(findings).filter((level) => !level.startsWith('ok'))

describe('npm run doctor', () => {
  it('finds nothing wrong with what npm start serves', () => {
    // npm hands every word on as it is; the other tests run the command alone, which starts faster.
    const flags = ['--silent', 'doctor', '--', '--state', service.state]
    const { code, printed } = reportOf('npm', ['run', ...flags])
    expect(printed).toContain('0 errors, 0 warnings')
    expect(code).toBe(0)
  })

  it('finds migrations that are not applied, and a database that is not there', () => {
    const empty = makeFolder()
    const unmigrated = doctor(['--state', empty, '--json'])
    expect(unmigrated.code).toBe(1)
    expect(unmigrated.findings).toContainEqual({
      check: 'database.migrations',
      level: 'error',
      what: expect.stringMatching(/^\d+ migrations are not applied, 0001_accounts\.sql first/),
      fix: expect.stringContaining('npm run migrate'),
    })

    const missing = doctor(['--state', join(empty, 'nothing'), '--json'])
    expect(wrong(missing.findings)).toEqual(['error database.migrations'])
  })

  it('says of a setting on the command line what parseConfig says, and never its value', () => {
    // No database is there: each that is looked at starts wrangler four times.
    const flags = ['--state', join(service.folder, 'nothing')]
    flags.push('--var', 'AUTH_SECRET:hunter2-hunter2', '--var', 'JWT_ALG:none')
    const { code, printed } = doctor(flags)
    expect(code).toBe(1)
    expect(printed).toContain('JWT_ALG must be one of: ES256, EdDSA, HS256.')
    expect(printed).toContain('AUTH_SECRET is too short')
    expect(printed).not.toContain('hunter2')
  })

  it('says plainly that wrangler is not logged in', () => {
    const { CLOUDFLARE_API_TOKEN: _, CLOUDFLARE_API_KEY: __, ...env } = process.env
    const nobody = { ...env, HOME: service.folder, XDG_CONFIG_HOME: service.folder }
    const { configPath } = writeOwnToml(documentedToml('own-host').replace('ISSUER = "', 'ISSUER = "http://'))
    const { code, findings } = doctor(['--remote', '--json', '--config', configPath], nobody)
    expect(code).toBe(1)
    expect(wrong(findings)).toContain('error account.secrets')
    expect(findings.find(({ check }) => check === 'account.secrets')?.what).toContain('is not logged in')
  })

  it.each([
    ['an option that is not known', ['--force']],
    ['a plan that is not known', ['--plan', 'gold']],
    ['a file that is not there', ['--config', '/nowhere/wrangler.toml']],
    ['a setting without a value', ['--var', 'hunter2']],
  ])('ends with 2 for %s', (_, flags) => {
    const { code, printed } = doctor(flags)
    expect(code).toBe(2)
    expect(printed).not.toMatch(/^\s+at /m)
    expect(printed).not.toContain('hunter2')
  })

  it('ends with 2 for a wrangler.toml that wrangler cannot read', () => {
    const { configPath } = writeOwnToml('name = "janus"\nroute = 5\n')
    const { code, printed } = doctor(['--config', configPath])
    expect(code).toBe(2)
    expect(printed).toContain('"route"')
    expect(printed).not.toMatch(/^\s+at /m)
  })
})

it('counts only the migrations that a database lacks', async () => {
  const { folder, configPath } = writeOwnToml(documentedToml('own-host'))
  const older = join(folder, 'migrations')
  mkdirSync(older)
  for (const file of ['0001_accounts.sql', '0002_sessions.sql'])
    cpSync(`src/storage/d1/migrations/${file}`, join(older, file))
  const flags = ['--local', '--persist-to', join(folder, 'state')]

  const toml = documentedToml('own-host').replace('"src/storage/d1/migrations"', `"${older}"`)
  const before = createWrangler({ configPath: writeOwnToml(toml).configPath })
  expect((await before(['d1', 'migrations', 'apply', 'DB', ...flags])).code).toBe(0)

  const state = await listMigrations(createWrangler({ configPath }), flags)
  expect(state).toMatchObject({ kind: 'known', unapplied: expect.arrayContaining(['0003_signing_keys.sql']) })
  expect(checkDatabase(state, 'deployed')).toMatchObject({ level: 'error', fix: 'npm run deploy' })
})

describe('what the doctor says of the service itself', () => {
  const tokens = { modes: ['session', 'token'], jwtAlg: 'ES256' } as const
  const examine = (
    ask?: Parameters<typeof checkService>[1],
    given: Partial<Parameters<typeof checkService>[0]> = {},
  ) => checkService({ issuer: service.url, ...tokens, ...given }, ask)

  /** Returns the service with one of its answers changed on the way. */
  function behind(path: string, change: (response: Response) => Response | Promise<Response>) {
    return async (url: string, init: RequestInit) => {
      const response = await fetch(url, init)
      return url.endsWith(path) ? change(response) : response
    }
  }

  const withHeaders = (edit: (headers: Headers) => void) => (response: Response) => {
    const headers = new Headers(response.headers)
    edit(headers)
    return new Response(response.body, { status: response.status, headers })
  }

  it('is that all is well, for Janus as it is', async () => {
    expect(levelsOf(await examine())).toEqual(['ok service.ready', 'ok service.headers', 'ok service.keys'])
  })

  it.each([
    [
      'a page of something else',
      '/readyz',
      () => new Response('<h1>It works</h1>'),
      ['error service.answer'],
    ],
    [
      'a redirect',
      '/readyz',
      () => new Response(null, { status: 302, headers: { Location: '/' } }),
      ['error service.answer'],
    ],
    [
      'a service that is not ready',
      '/readyz',
      () =>
        Response.json(
          {
            status: 'not-ready',
            checks: [
              { name: 'config', ok: true },
              { name: 'd1', ok: false, detail: 'The schema is not current.' },
            ],
          },
          { status: 503 },
        ),
      ['error service.check'],
    ],
    [
      'a cache that says no more',
      '/healthz',
      withHeaders((headers) => headers.delete('Cache-Control')),
      ['error service.cache'],
    ],
    [
      'a copy out of a cache',
      '/healthz',
      withHeaders((headers) => headers.set('Age', '7')),
      ['error service.cache'],
    ],
    [
      "somebody else's cookie",
      '/healthz',
      withHeaders((headers) => headers.set('Set-Cookie', '__cf_bm=1')),
      ['error service.cookie'],
    ],
    ['no key set', '/jwks.json', () => new Response('', { status: 404 }), ['error service.keys']],
  ])('finds: %s', async (_, path, change, expected) => {
    expect(wrong(await examine(behind(path, change)))).toEqual(expected)
  })

  it.each([
    ['finds: no HSTS', null, ['error service.hsts']],
    ['finds nothing wrong with HSTS', 'max-age=63072000', []],
  ])('%s, on a public address', async (_, hsts, expected) => {
    const issuer = 'https://auth.example.com'
    // As that service would answer: from this machine Janus sends no HSTS.
    const ask = async (url: string, init: RequestInit) => {
      const response = await fetch(url.replace(issuer, service.url), init)
      const add = (headers: Headers) => hsts && headers.set('Strict-Transport-Security', hsts)
      return withHeaders(add)(response)
    }
    expect(wrong(await examine(ask, { issuer }))).toEqual(expected)
  })

  it('does not ask for keys that are not published', async () => {
    const lost = behind('/jwks.json', () => new Response('', { status: 404 }))
    expect(wrong(await examine(lost, { jwtAlg: 'HS256' }))).toEqual([])
    expect(wrong(await examine(lost, { modes: ['session'] }))).toEqual([])
  })

  it('finds a host that does not answer, in words', async () => {
    // Port 9 is for discarding.
    const [finding, ...more] = await examine(undefined, { issuer: 'http://127.0.0.1:9' })
    expect(finding).toMatchObject({ check: 'service.reach', level: 'error' })
    expect(finding?.what).toMatch(/readyz cannot be reached: .+\.$/)
    expect(more).toEqual([])
  })

  it('does not wait for ever', async () => {
    const late = async () => {
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    }
    const [finding] = await examine(late)
    expect(finding?.what).toContain('no answer within 5 seconds')
  })
})
