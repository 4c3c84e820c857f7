import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LocalService, startHttpsService } from '../smoke/local-service.ts'
import { reasonToSkip } from '../support/tools.ts'
import {
  type CallbackApp,
  CUSTOM_SCHEME,
  registerCallbackApp,
  requestPath,
  startCallbackApp,
} from './callback-app.ts'
import { ENGINES, type Engine } from './engines.ts'
import { newPerson } from './person.ts'
import { foreignPage, serviceUrl } from './stage.ts'

/** Returns why a browser cannot be tried, or `null`: the app that it comes to is served over TLS. */
const reasonAgainst = ({ tools }: Pick<(typeof ENGINES)[number], 'tools'>) =>
  reasonToSkip([...tools, 'openssl'])

const FOREIGN = foreignPage('<p>The shop</p>', '127.0.0.1')

let secure: LocalService
let app: CallbackApp
let clients: ReturnType<typeof registerCallbackApp>

beforeAll(async () => {
  if (ENGINES.every((engine) => reasonAgainst(engine) !== null)) return
  const settings = ['PASSWORD_ITERATIONS:100000', `ALLOWED_ORIGINS:${new URL(FOREIGN).origin}`]
  secure = await startHttpsService([...settings, 'OAUTH_SERVER:on'])
  app = await startCallbackApp()
  clients = registerCallbackApp(secure, app)
})

afterAll(() => {
  app?.stop()
  return secure?.stop()
})

describe.each(ENGINES)('in $name', ({ name, tools, start }) => {
  const missing = reasonAgainst({ tools })
  let engine: Engine

  beforeAll(async () => {
    if (missing === null) engine = await start()
  })
  afterAll(() => engine?.close())
  beforeEach(({ skip }) => {
    if (missing !== null) skip(missing)
  })

  /** Waits until the page says something; between two pages there may be nobody to ask. */
  async function says(text: string): Promise<void> {
    await vi.waitFor(async () => expect(await engine.text()).toContain(text), {
      timeout: 240_000,
      interval: 100,
    })
  }

  async function submit(fields: Readonly<Record<string, string>>, button: string): Promise<void> {
    for (const [field, text] of Object.entries(fields)) await engine.type(field, text)
    await engine.click(button)
  }

  it('HTM-02: over npm start -- --https, registers, signs out, and a sign-in by form arrives at another origin', async () => {
    const { email, password } = newPerson()
    await engine.open(`${secure.url}/register`)
    await submit({ email, password }, 'Create account')
    await says(`Signed in as ${email}.`)
    expect(await engine.url()).toBe(`${secure.url}/`)
    await engine.click('Sign out')
    await says("You're not signed in.")

    await engine.open(`${secure.url}/login?${new URLSearchParams({ return_to: FOREIGN })}`)
    await submit({ email, password }, 'Sign in')
    await says('The shop')
    expect(await engine.url()).toBe(FOREIGN)
    await engine.open(`${secure.url}/`)
    await says(`Signed in as ${email}.`)
  })

  it('SES-02: on http://localhost a form signs in, or the page says why not and what to do', async () => {
    const { email, password } = newPerson()
    const url = await serviceUrl('open')
    await engine.open(`${url}/register`)
    await submit({ email, password }, 'Create account')
    const command = `npm start -- --https --port ${new URL(url).port}`
    await says(name === 'WebKit' ? command : `Signed in as ${email}.`)
  })

  describe('leads from the pages of Janus to an app', () => {
    const person = newPerson()

    beforeAll(async () => {
      if (missing !== null) return
      await signOut()
      await engine.open(`${secure.url}/register`)
      await submit({ email: person.email, password: person.password }, 'Create account')
      await says(`Signed in as ${person.email}.`)
    })

    async function signOut(): Promise<void> {
      await engine.open(`${secure.url}/`)
      if ((await engine.text()).includes('Signed in as')) {
        await engine.click('Sign out')
        await says("You're not signed in.")
      }
    }

    /** Asks as an app does, in a browser where nobody is signed in, and signs in. */
    async function signInFor(clientId: string, redirectUri: string, prompt?: string): Promise<void> {
      await signOut()
      await engine.open(`${secure.url}${requestPath(clientId, redirectUri, prompt)}`)
      await submit({ email: person.email, password: person.password }, 'Sign in')
    }

    it.each([
      ['https, which leads on to another origin', 'secure', '/home'],
      ['a port of 127.0.0.1', 'loopback', '/cb'],
      ['a port of [::1]', 'loopbackV6', '/cb'],
    ] as const)('OP-07: at %s, by sign-in and consent', async (_, where, path) => {
      await signInFor(clients.asked, app[where])
      await says('Allow Notes?')
      await engine.click('Allow')
      await says(`Arrived at ${path} with a code`)
    })

    it('OP-07: at https, by sign-in alone', async () => {
      await signInFor(clients.house, app.secure, '')
      await says('Arrived at /home with a code')
    })

    it('OP-07: of a scheme of its own, which the browser tries to open', async () => {
      await signInFor(clients.asked, CUSTOM_SCHEME)
      await says('Allow Notes?')
      await engine.watch()
      await engine.click('Allow')
      await vi.waitFor(
        async () => expect((await engine.tried()).join('\n')).toContain(`${CUSTOM_SCHEME}?code=`),
        {
          timeout: 240_000,
          interval: 100,
        },
      )
      expect(await engine.refused()).toEqual([])
    })

    it('OP-16: after a sign-out that Janus asked about', async () => {
      await signInFor(clients.house, app.secure, '')
      await says('Arrived at /home with a code')
      const leave = new URLSearchParams({
        client_id: clients.asked,
        post_logout_redirect_uri: app.afterSignOut,
      })
      await engine.open(`${secure.url}/oauth/logout?${leave}`)
      await says('Sign out?')
      await engine.click('Sign out')
      await says('Arrived at /bye with nothing')
    })
  })
})
