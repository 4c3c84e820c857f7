// Social login in Chromium, at a provider of others on another site.
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type LocalService, startWorker } from '../smoke/local-service.ts'
import { CLIENT_SETTINGS, type ForeignIssuer, startIssuer } from '../stores/issuer.ts'
import { newPerson, register } from './person.ts'
import { agreeAtProvider } from './provider.ts'
import { it } from './stage.ts'
import { arrive, type Visitor } from './visitor.ts'

let foreign: ForeignIssuer
let janus: LocalService

beforeAll(async () => {
  foreign = await startIssuer()
  janus = await startWorker([
    'SOCIAL_PROVIDERS:panva',
    `SOCIAL_PANVA_ISSUER:${foreign.issuer}`,
    `SOCIAL_PANVA_CLIENT_ID:${CLIENT_SETTINGS.CLIENT_ID}`,
    `SOCIAL_PANVA_CLIENT_SECRET:${CLIENT_SETTINGS.CLIENT_SECRET}`,
    'SOCIAL_PANVA_LABEL:Panva',
    'SOCIAL_PANVA_DOMAINS:panva.example',
  ])
  foreign.register(`${janus.url}/login/social/panva/callback`)
})

afterAll(async () => {
  foreign?.stop()
  await janus?.stop()
})

/** Presses the button of the provider on a page of Janus, and agrees there where that is asked. Waits for where that leads. */
async function comeFromProvider({ page }: Visitor, button: string, login: string, to: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await agreeAtProvider(page, login, `${janus.url}${to}`)
}

/** Takes out that the pages of the provider ask for a font elsewhere. */
function ofJanus({ faults }: Visitor): void {
  const others = faults.filter((fault) => /fonts\.|ERR_NAME_NOT_RESOLVED/.test(fault))
  for (const fault of others) faults.splice(faults.indexOf(fault), 1)
}

describe.each([true, false])('a provider in Chromium, with scripts: %s', (javaScript) => {
  it('signs in by a button, and shows itself on the account page', async ({ browser }) => {
    const visitor = await arrive(browser, janus.url, { javaScript, abroad: [foreign.issuer] })
    const login = `ada-${crypto.randomUUID().slice(0, 8)}`
    for (const page of ['/register', '/login']) {
      await visitor.go(`${page}?return_to=/account`)
      await comeFromProvider(visitor, 'Continue with Panva', login, '/account')
      expect(await visitor.page.locator('#providers-section').innerText()).toContain(`${login}@panva.example`)
      await visitor.go('/')
      await visitor.press('Sign out')
    }
    ofJanus(visitor)
    await visitor.leave()
  })

  it('that has the address of an account is connected by its owner, and disconnected', async ({
    browser,
  }) => {
    const visitor = await arrive(browser, janus.url, { javaScript, abroad: [foreign.issuer] })
    const login = `grace-${crypto.randomUUID().slice(0, 8)}`
    const grace = { ...newPerson('Grace'), email: `${login}@panva.example` }
    await register(visitor, grace)
    await visitor.press('Sign out')
    await visitor.go('/login')
    await comeFromProvider(visitor, 'Continue with Panva', login, '/login/connect')
    expect(await visitor.heading()).toBe('You already have an account')
    await visitor.follow('Sign in')
    await visitor.fill({ 'Email address': grace.email, Password: grace.password })
    await visitor.press('Sign in')
    await visitor.page.waitForURL(`${janus.url}/account`)
    await visitor.page.locator('form[action$="/identities/connect"] button').click()
    await visitor.page.waitForURL(`${janus.url}/account?done=identity-linked`)
    expect(await visitor.notice()).toBe('Connected. From now on, you can sign in here with it.')
    await visitor.page.locator('form[action$="/remove"] button', { hasText: 'Disconnect' }).click()
    await visitor.page.waitForURL(`${janus.url}/account?done=identity-removed`)
    expect(await visitor.page.locator('#providers-section').innerText()).not.toContain(grace.email)
    ofJanus(visitor)
    await visitor.leave()
  })
})
