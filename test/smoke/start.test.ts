import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeWith } from '../support/with-tools.ts'
import { type LocalService, startService } from './local-service.ts'
import { makeFolder } from './sample-config.ts'

const ADA = { email: 'ada@example.com', password: 'analytical engine no. 1' }

/** Returns a clone of the repository as after `npm ci`. */
function cloneRepository(): string {
  const folder = makeFolder()
  const list = ['ls-files', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', list, { encoding: 'utf8' }).trim().split('\n')
  for (const file of files.filter((file) => existsSync(file))) cpSync(file, join(folder, file))
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  return folder
}

function post(service: LocalService, path: string): Promise<Response> {
  return fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ADA),
  })
}

describeWith(['git'], 'in a fresh clone', () => {
  const clone = cloneRepository()
  const files = { secrets: join(clone, '.dev.vars'), state: join(clone, '.wrangler/state') }
  let secrets = ''
  const services: LocalService[] = []

  /** Serves from the state that every command has unless it is told otherwise. */
  async function serve(
    command: (port: string) => [string, ...string[]],
    ready: RegExp,
  ): Promise<LocalService> {
    const service = await startService(({ port }) => ({ command: command(String(port)), cwd: clone, ready }))
    services.push(service)
    return service
  }

  function secondStart(command: readonly string[]): {
    readonly code: number | null
    readonly printed: string
  } {
    const [program = '', ...given] = command
    const { status, stdout, stderr } = spawnSync(program, given, { cwd: clone, encoding: 'utf8' })
    return { code: status, printed: stdout + stderr }
  }

  beforeAll(async () => {
    const dev = await serve(
      (port) => ['npx', 'wrangler', 'dev', '--port', port, '--inspector-port', '0'],
      /Ready on/,
    )
    expect((await post(dev, '/register')).status).toBe(201)
    secrets = readFileSync(files.secrets, 'utf8')

    // The same state has one process at a time.
    const second = secondStart(['npm', 'start', '--', '--port', '1'])
    expect(second).toMatchObject({ code: 1, printed: expect.stringContaining('npx wrangler dev (process') })
    await dev.kill()
  })

  afterAll(async () => {
    for (const service of services) await service.stop()
  })

  it('npx wrangler dev serves, and makes a secret that only its owner can read', () => {
    expect(secrets).toMatch(/^AUTH_SECRET="[\w-]{43}"\n# .+\nISSUER="http:\/\/localhost:8787"\n$/)
    expect((statSync(files.secrets).mode & 0o777).toString(8)).toBe('600')
  })

  it('npm start has the same accounts, says who has its state, and ends when npm is told to', async () => {
    const service = await serve((port) => ['npm', 'start', '--', '--port', port], /Janus is ready/)
    expect((await post(service, '/login')).status).toBe(200)
    expect(readFileSync(files.secrets, 'utf8')).toBe(secrets)

    for (const command of [
      ['npm', 'start', '--', '--port', '1'],
      ['npx', 'wrangler', 'dev', '--port', '1', '--inspector-port', '0'],
    ]) {
      const second = secondStart(command)
      expect(second.code, second.printed).toBe(1)
      expect(second.printed).toContain(`Janus at ${service.url} (process`)
      expect(second.printed).toMatch(/npm start -- --port \d+ --state \.wrangler\/state-\d+/)
    }
    expect((await post(service, '/login')).status).toBe(200)

    await service.end()
    await vi.waitFor(() => expect(existsSync(join(files.state, 'janus.lock'))).toBe(false), 60_000)
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow()
  })

  it('npm start says which setting is wrong, and ends', () => {
    const { code, printed } = secondStart([
      'npm',
      'start',
      '--',
      '--port',
      '38999',
      '--var',
      'JWT_ALG:canary',
    ])
    expect(code, printed).toBe(1)
    expect(printed).toMatch(/Janus is not ready, so it was stopped:\n {2}JWT_ALG must be one of: .+\n/)
    expect(printed).toContain('npm run doctor')
    expect(existsSync(join(files.state, 'janus.lock'))).toBe(false)
  })

  it('a build for anything but wrangler dev makes nothing', () => {
    rmSync(files.secrets)
    for (const command of ['deploy', 'types', 'versions upload']) {
      const env = { ...process.env, WRANGLER_COMMAND: command }
      execFileSync(process.execPath, ['packages/cli/prepare-local.ts'], { cwd: clone, env })
    }
    expect(existsSync(files.secrets)).toBe(false)
  })

  it('a build makes again what it is made of anew, and what is gone', () => {
    const path = join(clone, 'src/pages/asset-files.ts')
    const build = (variables = {}) =>
      execFileSync(process.execPath, ['tools/build-modules.ts'], {
        cwd: clone,
        env: { ...process.env, ...variables },
        stdio: 'pipe',
      })
    // Nothing can be built by what is no esbuild.
    const withoutBuilding = { ESBUILD_BINARY_PATH: process.execPath }
    build()
    const built = readFileSync(path, 'utf8')
    build(withoutBuilding)

    rmSync(path)
    expect(() => build(withoutBuilding)).toThrow()
    build()
    expect(readFileSync(path, 'utf8')).toBe(built)

    appendFileSync(path, '// Added by hand.\n')
    build()
    expect(readFileSync(path, 'utf8')).toBe(built)

    appendFileSync(join(clone, 'assets/janus.css'), '.added { color: red }\n')
    build()
    expect(readFileSync(path, 'utf8')).toContain('.added')
  })
})

it('a script that an older Node runs says what to do', () => {
  const versions = ['20.20.2', '22.18.0', '24.1.9', '24.2.0', '25.0.0']
  const code = `import { reasonAgainst } from './packages/cli/require-node.js'
    console.log(JSON.stringify(${JSON.stringify(versions)}.map(reasonAgainst)))`
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
  const says = expect.stringContaining('npm rebuild --ignore-scripts=false')
  expect(JSON.parse(printed)).toEqual([says, says, says, null, null])
})

it('every script of package.json is loaded by what says so', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const runs = Object.values(scripts).filter((command) => command.includes('.ts'))
  const commands = runs.filter((command) => /\bnode /.test(command))
  expect(commands.length).toBeGreaterThan(10)
  for (const command of commands) expect(command).toContain('node --import ./packages/cli/require-node.js ')
})
