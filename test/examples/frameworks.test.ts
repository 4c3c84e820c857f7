import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChromium } from '../e2e/chromium.ts'
import { arrive } from '../e2e/visitor.ts'
import { type LocalService, startService } from '../smoke/local-service.ts'

const EXAMPLES = 'examples/frameworks'
/** In one folder, so that the package is packed once, and what npm fetched is there for the next. */
const folder = mkdtempSync(join(tmpdir(), 'janus-examples-'))
const PASSWORD = 'analytical engine no. 1'

/** The script that builds, where it is not `build`. */
const BUILDS: Readonly<Record<string, string>> = { next: 'build:worker' }

let archive = ''
let browser: Browser

beforeAll(async () => {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { stdio: 'pipe' })
  archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '')
  browser = await startChromium()
})

afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.concurrent('an example', () => {
  it.for(readdirSync(EXAMPLES))(
    '%s: installs, builds, and knows who is signed in, in a browser and without one',
    async (name, { expect }) => {
      const app = await serve(name)
      try {
        const seen = await askByHttp(app)
        expect(seen).toEqual({
          home: expect.stringMatching(/href="\/auth\/login\?return_to=\/private"/),
          refused: [expect.stringMatching(/^30[37]$/), '/auth/login?return_to=/private'],
          mine: expect.stringMatching(/Only for (?:<!-- -->|<!---->)?grace@example\.com/),
          known: expect.stringMatching(/Signed in as (?:<!-- -->|<!---->)?grace@example\.com/),
          signedOut: expect.stringMatching(/^30[37]$/),
        })
        await useInBrowser(app, name)
      } finally {
        await app.stop()
      }
    },
  )
})

it('each example says exactly what it installs', () => {
  for (const name of readdirSync(EXAMPLES)) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(EXAMPLES, name, 'package.json'), 'utf8'),
    )
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  }
})

const VARIABLES = {
  CI: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
}

/** Installs an example and the package, builds it, and serves it as it would be deployed. */
async function serve(name: string): Promise<LocalService> {
  const own = join(folder, name)
  cpSync(join(EXAMPLES, name), own, { recursive: true })
  writeFileSync(join(own, '.dev.vars'), `AUTH_SECRET="${randomBytes(32).toString('base64')}"\n`)
  const hono = readFileSync('node_modules/hono/package.json', 'utf8')
  const { version } = JSON.parse(hono) as { version: string }
  const npm = (...given: string[]) =>
    promisify(execFile)('npm', given, {
      cwd: own,
      env: { ...process.env, ...VARIABLES },
      maxBuffer: 64 * 1024 * 1024,
    })
  await npm('install', '--no-audit', '--no-fund', '--no-save', archive, `hono@${version}`)
  await npm('run', BUILDS[name] ?? 'build')
  return startService(({ port, state }) => ({
    command: [
      'bash',
      '-euc',
      `npx janus migrate --local --state "${state}"
      exec npx wrangler dev --port ${port} --persist-to "${state}" --inspector-port 0 --var ISSUER:http://localhost:${port}/auth`,
    ],
    cwd: own,
    variables: VARIABLES,
    ready: /Ready on/,
  }))
}

async function askByHttp({ url }: LocalService) {
  const get = (path: string, cookie = '') =>
    fetch(`${url}${path}`, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' })
  const text = async (path: string, cookie = '') => (await get(path, cookie)).text()
  const home = await text('/')
  const refused = await get('/private')
  const registered = await fetch(`${url}/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: 'grace@example.com', password: PASSWORD }),
  })
  expect(registered.status).toBe(201)
  const cookie = registered.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ')
  const [mine, known] = [await text('/private', cookie), await text('/', cookie)]
  await fetch(`${url}/auth/logout`, { method: 'POST', headers: { Cookie: cookie } })
  const location = new URL(refused.headers.get('Location') ?? '', url)
  return {
    home,
    refused: [String(refused.status), `${location.pathname}${location.search.replace('%2F', '/')}`],
    mine,
    known,
    signedOut: String((await get('/private', cookie)).status),
  }
}

async function useInBrowser(app: LocalService, name: string): Promise<void> {
  const visitor = await arrive(browser, app.url, {})
  const ownPage = name === 'hono-jsx'
  await visitor.go('/')
  await visitor.follow('Sign in')
  if (ownPage) {
    expect(visitor.where()).toBe('/sign-in?return_to=%2Fprivate')
    await visitor.fill({ 'Email address': 'nobody@example.com', Password: PASSWORD })
    await visitor.press('Sign in')
    expect(visitor.where()).toBe('/sign-in?problem=invalid-credentials&return_to=%2Fprivate')
    expect(await visitor.alert()).toBe('That was not right.')
    await visitor.follow('Create one')
  } else {
    await visitor.press('Create one')
  }
  await visitor.fill({ 'Email address': 'ada@example.com', Password: PASSWORD })
  await visitor.press('Create account')
  expect(visitor.where()).toBe('/private')
  await visitor.page.getByText('Only for ada@example.com.').waitFor()
  await visitor.press('Sign out')
  expect(visitor.where()).toBe('/')
  await visitor.page.getByRole('link', { name: 'Sign in' }).waitFor()
  if (ownPage) {
    await visitor.go('/sign-in?return_to=/private')
    await visitor.fill({ 'Email address': 'ada@example.com', Password: PASSWORD })
    await visitor.press('Sign in')
    expect(visitor.where()).toBe('/private')
  }
  await visitor.leave()
}
