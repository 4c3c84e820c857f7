import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'
import { expire, sharedKeySettings } from '../smoke/expired-token.ts'
import { type LocalService, startWorker } from '../smoke/local-service.ts'
import { newPerson } from './person.ts'
import { cookieNameAt, credentialCookies, it } from './stage.ts'
import { arrive, type Visitor } from './visitor.ts'

const SECRET = randomBytes(32).toString('base64url')

/** The page of an app with the client: `start` makes one, whose first access token may have expired. */
const APP = `
  globalThis.start = (issuer, options, { expired = false } = {}) => {
    globalThis.heard = []
    globalThis.issuer = issuer
    globalThis.auth = janus.createJanusClient({
      issuer,
      ...options,
      ...(options.mode === 'token' && { createTokens: janus.createTokens }),
      async fetch(input, init) {
        const response = await fetch(input, init)
        if (!expired || !input.endsWith('/register')) return response
        const body = await response.json()
        return Response.json({ ...body, access_token: await expire(body.access_token) })
      },
    })
    auth.subscribe((signedIn) => heard.push(signedIn))
  }
  globalThis.many = (count) =>
    Promise.all(Array.from({ length: count }, async () => (await auth.fetch(issuer + '/me')).status))
`

let service: LocalService
let app: Server
let appOrigin: string
let script: string
let reactScript: string

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './index.ts'; export * from './tokens.ts'`,
      resolveDir: 'packages/client',
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'janus',
    target: 'es2022',
    write: false,
  })
  script = `${outputFiles[0]?.text}\n${APP}`
  const react = await build({
    entryPoints: ['test/e2e/react-app/app.tsx'],
    bundle: true,
    minify: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  reactScript = react.outputFiles[0]?.text ?? ''
  app = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html').end(page())
  })
  await new Promise<void>((resolve) => app.listen(0, 'localhost', resolve))
  appOrigin = `http://localhost:${(app.address() as AddressInfo).port}`
  service = await startWorker([
    'PASSWORD_ITERATIONS:100000',
    `ALLOWED_ORIGINS:${appOrigin}`,
    ...sharedKeySettings(SECRET),
  ])
})

afterAll(async () => {
  await service?.stop()
  app.closeAllConnections()
  app.close()
})

function page(): string {
  return `<!doctype html><title>App</title><link rel="icon" href="data:,"><script>${script}</script>`
}

function reactPage(): string {
  return `<!doctype html><html data-issuer="${service.url}"><title>App</title><link rel="icon" href="data:,">
    <main></main><script>${reactScript}</script>`
}

type Place = 'on the origin of Janus' | 'on another origin of its site'

/** A browser with an app in it. */
interface AppVisitor extends Visitor {
  /** Opens the app in one more tab, with a client of its own. */
  open(mode: 'session' | 'token', options?: { readonly expired?: boolean }): Promise<Page>
  /** Says how often a route was answered with a status, in all tabs. */
  count(route: string, status?: number): number
}

async function visit(browser: Browser, place: Place = 'on the origin of Janus'): Promise<AppVisitor> {
  const visitor = await arrive(browser, service.url, { abroad: [appOrigin] })
  onTestFinished(async () => {
    // That tokens were refused is what is looked for here.
    const others = visitor.faults.filter((fault) => !fault.startsWith('answer: 401'))
    visitor.faults.splice(0, visitor.faults.length, ...others)
    await visitor.leave()
  })
  const { context } = visitor
  await context.exposeFunction('expire', (token: string) => expire(token, SECRET))
  await context.route(`${service.url}/app`, (route) =>
    route.fulfill({ contentType: 'text/html', body: page() }),
  )
  await context.route(`${service.url}/react`, (route) =>
    route.fulfill({ contentType: 'text/html', body: reactPage() }),
  )
  const answers: { route: string; status: number }[] = []
  context.on('response', (response) => {
    const request = response.request()
    const route = `${request.method()} ${new URL(request.url()).pathname}`
    answers.push({ route, status: response.status() })
  })
  return {
    ...visitor,
    async open(mode, options = {}) {
      const tab = await context.newPage()
      await tab.goto(place === 'on the origin of Janus' ? `${service.url}/app` : appOrigin)
      await tab.evaluate(
        `start(${JSON.stringify(service.url)}, { mode: '${mode}' }, ${JSON.stringify(options)})`,
      )
      return tab
    },
    count: (route, status) =>
      answers.filter((one) => one.route === route && (status ?? one.status) === one.status).length,
  }
}

/** Makes an account in a tab, and gives its address. */
async function signUp(tab: Page): Promise<string> {
  const { email, password } = newPerson()
  await tab.evaluate(`auth.signUp(${JSON.stringify({ email, password })})`)
  return email
}

function signedIn(tab: Page): Promise<boolean | null> {
  return tab.evaluate('auth.signedIn')
}

describe.each<Place>(['on the origin of Janus', 'on another origin of its site'])(
  'the client %s',
  (place) => {
    it('refreshes once for 50 calls in each of two tabs, whose token has expired', async ({ browser }) => {
      const visitor = await visit(browser, place)
      const other = await visitor.open('token')
      const tab = await visitor.open('token', { expired: true })
      await signUp(tab)
      // The token that the other tab has is the one it was told of.
      await expect.poll(() => signedIn(other)).toBe(true)

      const answers = await Promise.all([tab, other].map((one) => one.evaluate<number[]>('many(50)')))
      expect(answers).toEqual([Array(50).fill(200), Array(50).fill(200)])
      expect(visitor.count('GET /me', 401)).toBe(100)
      expect(visitor.count('POST /refresh')).toBe(1)
    })

    it('refreshes once for two tabs that are opened anew', async ({ browser }) => {
      const visitor = await visit(browser, place)
      await signUp(await visitor.open('token'))
      const tabs = [await visitor.open('token'), await visitor.open('token')]
      const answers = await Promise.all(tabs.map((tab) => tab.evaluate<number[]>('many(50)')))
      expect(answers).toEqual([Array(50).fill(200), Array(50).fill(200)])
      expect(visitor.count('GET /me', 401)).toBe(0)
      expect(visitor.count('POST /refresh')).toBe(1)
    })

    it.for(['session', 'token'] as const)(
      'signs up, in and out in all tabs, in %s mode',
      async (mode, { browser }) => {
        const visitor = await visit(browser, place)
        const [tab, other] = [await visitor.open(mode), await visitor.open(mode)]
        const { email, password } = newPerson()
        await tab.evaluate(`auth.signUp(${JSON.stringify({ email, password })})`)
        await expect.poll(() => other.evaluate('heard')).toEqual([true])
        expect(await other.evaluate<number[]>('many(2)')).toEqual([200, 200])

        await other.evaluate('auth.signOut()')
        expect(await signedIn(other)).toBe(false)
        await expect.poll(() => tab.evaluate('heard')).toEqual([true, false])
        expect(await signedIn(tab)).toBe(false)
        expect(await tab.evaluate('auth.me()')).toBeNull()

        await tab.evaluate(`auth.signIn(${JSON.stringify({ email, password })})`)
        await expect.poll(() => other.evaluate('heard')).toEqual([true, false, true])
        expect(await other.evaluate('auth.me()')).toMatchObject({ user: { email }, session: { mode } })
        // Nothing of it is where a script can look.
        expect(await tab.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual([
          '',
          0,
          0,
        ])
        const cookies = await credentialCookies(visitor)
        expect(cookies.map(({ name, httpOnly }) => ({ name, httpOnly }))).toEqual([
          { name: cookieNameAt(visitor.url, mode === 'session' ? 'session' : 'refresh'), httpOnly: true },
        ])
      },
    )
  },
)

describe('the client in several tabs', () => {
  it('signs in after a refresh that began before, so that its cookie is the last', async ({ browser }) => {
    const visitor = await visit(browser)
    await signUp(await visitor.open('token'))
    const [tab, other] = [await visitor.open('token'), await visitor.open('token')]
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    await visitor.context.route('**/refresh', async (route) => {
      reached.resolve()
      await released.promise
      await route.continue()
    })
    const call = tab.evaluate('auth.me()')
    await reached.promise
    const before = visitor.count('POST /register')
    const signingUp = signUp(other)
    const waiting = 'navigator.locks.query().then(({ pending }) => pending.length)'
    await expect.poll(() => other.evaluate(waiting)).toBe(1)
    expect(visitor.count('POST /register')).toBe(before)
    released.resolve()
    const [, email] = await Promise.all([call, signingUp])
    await visitor.context.unroute('**/refresh')

    for (const fresh of [await visitor.open('token'), await visitor.open('token')]) {
      expect(await fresh.evaluate('auth.me()')).toMatchObject({ user: { email } })
    }
  })

  it('follows relative addresses to its own origin, and sends nothing to others', async ({ browser }) => {
    const visitor = await visit(browser)
    const tab = await visitor.open('token')
    await signUp(tab)
    expect(await tab.evaluate(`auth.fetch('/me').then((response) => response.status)`)).toBe(200)
    const elsewhere = await tab.evaluate(`auth.fetch('${appOrigin}/').catch(String)`)
    expect(elsewhere).toBe(`TypeError: ${appOrigin} is not in "origins"`)
  })
})

describe('useSession of janus/client/react', () => {
  it('shows who is signed in, in all components and tabs, by one request', async ({ browser }) => {
    const visitor = await visit(browser)
    const open = async () => {
      const tab = await visitor.context.newPage()
      await tab.goto(`${service.url}/react`)
      return tab
    }
    const [tab, other] = [await open(), await open()]
    await expect.poll(() => tab.textContent('#name')).toBe('signed-out')
    await expect.poll(() => other.textContent('#name')).toBe('signed-out')
    // Nothing that a browser would show as an error.
    expect(visitor.count('GET /')).toBe(2)
    expect(visitor.count('GET /', 200)).toBe(2)

    const { email, password } = newPerson()
    await tab.evaluate(`auth.signUp(${JSON.stringify({ email, password })})`)
    await expect.poll(() => tab.textContent('#name')).toBe(email)
    await expect.poll(() => other.textContent('#name')).toBe(email)
    expect(visitor.count('GET /')).toBe(4)

    await visitor.context.route(`${service.url}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: 'Sign in to this network' }),
    )
    await tab.click('#refresh')
    await expect.poll(() => tab.textContent('#name')).toBe('failed')
    await visitor.context.unroute(`${service.url}/`)
    await tab.click('#refresh')
    await expect.poll(() => tab.textContent('#name')).toBe(email)

    await other.click('#sign-out')
    await expect.poll(() => other.textContent('#name')).toBe('signed-out')
    await expect.poll(() => tab.textContent('#name')).toBe('signed-out')
    expect(await tab.isDisabled('#sign-out')).toBe(true)
  })
})
