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

  it('is not mounted in an app that is made without a call', async () => {
    const source = `${APP.replace('()', '')}export default app\n`
    const { code, printed } = await initialise(source)
    expect(code).toBe(source)
    expect(printed).toContain('because app is not made by new Hono() in this file. Add:\n')
  })
})
