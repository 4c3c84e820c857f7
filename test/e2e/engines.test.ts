import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LocalService, startHttpsService } from '../smoke/local-service.ts'
import { reasonToSkip } from '../support/tools.ts'
import { ENGINES, type Engine } from './engines.ts'
import { newPerson } from './person.ts'
import { foreignPage, serviceUrl } from './stage.ts'

const FOREIGN = foreignPage('<p>The shop</p>', '127.0.0.1')

let secure: LocalService

beforeAll(async () => {
  const settings = ['PASSWORD_ITERATIONS:100000', `ALLOWED_ORIGINS:${new URL(FOREIGN).origin}`]
  secure = await startHttpsService(settings)
})

afterAll(() => secure?.stop())

describe.each(ENGINES)('in $name', ({ name, tools, start }) => {
  const missing = reasonToSkip(tools)
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
})
