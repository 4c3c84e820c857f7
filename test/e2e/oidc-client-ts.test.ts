// A browser app signs people in by oidc-client-ts, from an origin of its own, as docs/guides/openid.md has it.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest'
import {
  guideBlock,
  type ProviderStage,
  registerAsDocumented,
  startProvider,
} from '../smoke/provider-stage.ts'
import { it } from './stage.ts'
import { arrive, type Visitor } from './visitor.ts'

const HEADING = 'A browser app \\(oidc-client-ts\\)'

/** Says where the app is. Browsers take 127.0.0.1 and localhost, where Janus is, for two sites. */
const PLACES = ['on another site', 'on the site of Janus'] as const
type Place = (typeof PLACES)[number]

interface App {
  readonly origin: string
  /** Says what its pages load. */
  readonly script: string
}

let stage: ProviderStage
let server: Server
let apps: Readonly<Record<Place, App>>

beforeAll(async () => {
  stage = await startProvider()
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://app')
    const app = Object.values(apps).find(({ origin }) => origin === `http://${request.headers.host}`)
    if (pathname === '/app.js') return response.setHeader('Content-Type', 'text/javascript').end(app?.script)
    response
      .setHeader('Content-Type', 'text/html')
      .end('<!doctype html><title>App</title><link rel="icon" href="data:,"><script src="/app.js"></script>')
  })
  // On both families, as `localhost` may be either.
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  apps = {
    'on another site': await makeApp(`http://127.0.0.1:${port}`),
    'on the site of Janus': await makeApp(`http://localhost:${port}`),
  }
})

afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await stage?.janus.stop()
})

/** Says what an app adds that renews by hidden frames. */
const IN_A_FRAME = `
export { manager }
if (parent !== window) manager.signinSilentCallback()
`

/** Registers an app by the command of the guide, and bundles its code. */
async function makeApp(origin: string): Promise<App> {
  const here = (words: string) => words.replaceAll('https://app.example.com', origin)
  const { client_id } = await registerAsDocumented(stage, guideBlock(HEADING, 'sh'), here)
  const code = here(guideBlock(HEADING, 'js'))
    .replace('https://auth.example.com', stage.janus.url)
    .replace('CLIENT_ID', client_id)
  const { outputFiles } = await build({
    stdin: { contents: `${code}${IN_A_FRAME}`, resolveDir: '.', loader: 'js' },
    bundle: true,
    format: 'iife',
    globalName: 'app',
    write: false,
  })
  return { origin, script: outputFiles[0]?.text ?? '' }
}

/** Returns a person whose browser is at the app. */
async function visit(browser: Browser, { origin }: App): Promise<Visitor> {
  const visitor = await arrive(browser, stage.janus.url, { abroad: [origin] })
  onTestFinished(() => visitor.leave())
  await visitor.go(`${origin}/`)
  return visitor
}

/** Signs in from the app, and allows what it asks for. */
async function signIn({ page, fill, press }: Visitor, { origin }: App) {
  const person = await stage.newPerson()
  await Promise.all([page.waitForURL(`${stage.janus.url}/login?**`), page.evaluate('void app.signIn()')])
  await fill({ 'Email address': person.email, Password: person.credentials.password })
  await press('Sign in')
  await Promise.all([
    page.waitForURL(`${origin}/callback?**`),
    page.getByRole('button', { name: 'Allow', exact: true }).click(),
  ])
  await page.evaluate('app.signedIn()')
  return person
}

describe.each(PLACES)('OP-06: oidc-client-ts %s', (place) => {
  it('signs in with PKCE, asks who it is, refreshes, and signs out', async ({ browser }) => {
    const app = apps[place]
    const visitor = await visit(browser, app)
    const { page } = visitor
    const { id, email } = await signIn(visitor, app)
    const person = { sub: id, email, name: 'Ada Lovelace', email_verified: false, iss: stage.janus.url }
    expect(await page.evaluate('app.person()')).toMatchObject(person)

    const tokens = () =>
      page.evaluate<{ access: string; refresh: string }>(
        'app.manager.getUser().then((user) => ({ access: user.access_token, refresh: user.refresh_token }))',
      )
    const before = await tokens()
    await page.evaluate('app.refresh().then(() => null)')
    const after = await tokens()
    expect([after.access, after.refresh]).not.toContain(before.access)
    expect(after.refresh).not.toBe(before.refresh)
    expect(await page.evaluate('app.person()')).toMatchObject(person)

    await Promise.all([page.waitForURL(`${app.origin}/`), page.evaluate('void app.signOut()')])
    expect(await page.evaluate('app.person()')).toBeUndefined()
    await visitor.go('/account')
    expect(visitor.where()).toMatch(/^\/login/)
  })

  it('OP-13: is answered by a hidden frame with prompt=none that it has to ask', async ({ browser }) => {
    const app = apps[place]
    const visitor = await visit(browser, app)
    const { page } = visitor
    await signIn(visitor, app)
    // As an app without a refresh token has it.
    await page.evaluate(
      'app.manager.getUser().then((user) => app.manager.storeUser(Object.assign(user, { refresh_token: undefined })))',
    )
    const refusal =
      'app.manager.signinSilent({ silentRequestTimeoutInSeconds: 20 }).then(() => "", (error) => error.error)'
    // Browsers send no cookie into a frame of another site; where they do, a public client is asked about each time.
    expect(await page.evaluate(refusal)).toBe(
      place === 'on another site' ? 'login_required' : 'consent_required',
    )
  })

  it('revokes what it has been given', async ({ browser }) => {
    const app = apps[place]
    const visitor = await visit(browser, app)
    await signIn(visitor, app)
    await visitor.page.evaluate('app.manager.revokeTokens().then(() => null)')
    const listed = await visitor.page.request.get(`${stage.janus.url}/sessions`)
    const { sessions } = (await listed.json()) as { sessions: readonly { readonly app: object | null }[] }
    expect(sessions.filter((session) => session.app !== null)).toEqual([])
  })
})
