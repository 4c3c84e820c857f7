// Passkeys in Chromium, with an authenticator that it plays itself (WebAuthn Level 3 §11, through the DevTools protocol).
import { describe, expect } from 'vitest'
import { beginTotp, confirmTotp } from './app.ts'
import { newPerson, register, signIn, verifyAddress } from './person.ts'
import { it } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** A passkey as the browser gives it to a test. */
interface Credential {
  readonly credentialId: string
  readonly isResidentCredential: boolean
  readonly privateKey: string
  readonly signCount: number
}

/** Returns a device with a screen lock, which says yes to everything. */
async function withAuthenticator({ context, page }: Visitor) {
  const devTools = await context.newCDPSession(page)
  await devTools.send('WebAuthn.enable')
  const { authenticatorId } = await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    credentials: async () =>
      (await devTools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    /** As a device that was not told that its passkey was removed. */
    putBack: (credential: Credential) =>
      devTools.send('WebAuthn.addCredential', { authenticatorId, credential }),
    verifies: (isUserVerified: boolean) =>
      devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    answers: (enabled: boolean) =>
      devTools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
  }
}

/**
 * Leaves the button as the only way to a passkey. Else a device that says yes by itself takes up the list in the address field as well, and the two
 * sign in beside each other.
 */
function offerByButtonAlone({ context }: Visitor): Promise<unknown> {
  return context.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
}

/** Lets a page say in `outcome` what the browser did when it was asked for a passkey: `given`, or the name of its error. */
function noteOutcome({ context }: Visitor): Promise<unknown> {
  return context.addInitScript(`{
    const get = navigator.credentials.get.bind(navigator.credentials)
    navigator.credentials.get = (options) => {
      const asked = get(options)
      asked.then(() => { globalThis.outcome = 'given' }, ({ name }) => { globalThis.outcome = name })
      return asked
    }
  }`)
}

async function addPasskey(visitor: Visitor): Promise<void> {
  await visitor.go('/account')
  const button = visitor.page.getByRole('button', { name: 'Add a passkey', exact: true })
  await Promise.all([visitor.page.waitForURL('**/account?done=passkey-added'), button.click()])
  expect(await visitor.notice()).toBe('Your passkey is added.')
}

async function signOut(visitor: Visitor): Promise<void> {
  await visitor.go('/')
  await visitor.press('Sign out')
}

describe('passkeys in Chromium', () => {
  it('WAN-04: one is added, renamed, signs in, is removed, and opens nothing from then on', async ({
    visit,
  }) => {
    const visitor = await visit()
    const device = await withAuthenticator(visitor)
    await offerByButtonAlone(visitor)
    await register(visitor, newPerson())
    await addPasskey(visitor)
    const [credential] = await device.credentials()
    expect(credential).toMatchObject({ isResidentCredential: true, rpId: new URL(visitor.url).hostname })

    await visitor.unfold('Rename')
    await visitor.fill({ 'Name of the passkey': 'Ring of <Ada>' }, 'Passkeys')
    await visitor.press('Save name', 'Passkeys')
    await visitor.page.waitForURL('**/account?done=passkey-renamed')
    expect(await visitor.notice()).toBe('Your passkey is renamed.')
    expect(await visitor.page.locator('#passkeys-section .row-title').innerText()).toBe('Ring of <Ada>')

    await signOut(visitor)
    await visitor.go('/login')
    const button = visitor.page.getByRole('button', { name: 'Sign in with a passkey', exact: true })
    await Promise.all([visitor.page.waitForURL((url) => url.pathname === '/'), button.click()])
    expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')

    await visitor.go('/account')
    const remove = visitor.page.locator('#passkeys-section').getByRole('button', { name: /^Remove/ })
    await Promise.all([visitor.page.waitForURL('**/account?done=passkey-removed'), remove.click()])
    expect(await visitor.notice()).toBe('That passkey is removed. You can no longer sign in with it.')
    // The account page has told the device, so it offers it no longer.
    await expect.poll(() => device.credentials()).toEqual([])

    if (!credential) throw new Error('The device made no passkey')
    await device.putBack(credential)
    await signOut(visitor)
    await visitor.go('/login')
    await button.click()
    const words = visitor.page.locator('[data-passkey-sign-in] [role=status]')
    await words.filter({ hasText: "The passkey didn't work." }).waitFor()
    expect(visitor.faults.splice(0)).toEqual([expect.stringContaining('answer: 400 ')])
    // And it was told again, by the refusal.
    expect(await device.credentials()).toEqual([])
  })

  it('is offered in the list of the address field, and signs in from there', async ({ visit }) => {
    const visitor = await visit()
    const device = await withAuthenticator(visitor)
    await register(visitor, newPerson())
    await addPasskey(visitor)
    await signOut(visitor)
    expect(await device.credentials()).toHaveLength(1)
    // An authenticator that says yes by itself takes up what the page offers to the list.
    await visitor.go('/login')
    await visitor.page.getByRole('heading', { name: 'Signed in as Ada Lovelace.' }).waitFor()
    expect(visitor.where()).toBe('/')
  })

  it('WAN-01: a page that stays open asks for another challenge before the first expires', async ({
    visit,
  }) => {
    const visitor = await visit()
    const device = await withAuthenticator(visitor)
    await device.answers(false)
    let asked = 0
    visitor.page.on('request', (request) => {
      if (request.url().endsWith('/login/passkey/options')) asked += 1
    })
    await visitor.page.clock.install()
    await visitor.go('/login')
    await expect.poll(() => asked).toBe(1)
    await visitor.page.clock.fastForward('03:00')
    expect(asked).toBe(1)
    await visitor.page.clock.fastForward('01:10')
    await expect.poll(() => asked).toBe(2)
    await visitor.page.clock.fastForward('04:10')
    await expect.poll(() => asked).toBe(3)
  })

  it('WAN-04, STP-01: one is the second step of a sign-in, and proves again who somebody is', async ({
    visit,
  }) => {
    const visitor = await visit()
    const device = await withAuthenticator(visitor)
    const person = newPerson()
    await register(visitor, person)
    await addPasskey(visitor)
    await verifyAddress(visitor, person)
    await confirmTotp(visitor, await beginTotp(visitor))
    await device.answers(false)
    await signOut(visitor)
    await signIn(visitor, person)
    expect(visitor.where()).toBe('/login/second-factor?with=passkey')
    const button = visitor.page.getByRole('button', { name: 'Use a passkey', exact: true })
    await button.waitFor()
    await device.answers(true)
    await Promise.all([visitor.page.waitForURL((url) => url.pathname === '/'), button.click()])
    expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')

    await visitor.go('/reauthenticate?return_to=%2Faccount%3Fshow%3Dactivity')
    await button.waitFor()
    await Promise.all([visitor.page.waitForURL('**/account?show=activity'), button.click()])
    expect(await visitor.page.locator('main').innerText()).toContain('Confirmed it was you')
  })

  it('WAN-03: nobody signs in whom the device has not verified', async ({ visit }) => {
    const visitor = await visit()
    const device = await withAuthenticator(visitor)
    await offerByButtonAlone(visitor)
    await noteOutcome(visitor)
    await register(visitor, newPerson())
    await addPasskey(visitor)
    await signOut(visitor)
    await device.verifies(false)
    await visitor.go('/login')
    const button = visitor.page.getByRole('button', { name: 'Sign in with a passkey', exact: true })
    await button.click()
    await visitor.page.waitForFunction('globalThis.outcome')
    expect(await visitor.page.evaluate('outcome')).toBe('NotAllowedError')
    await visitor.go('/')
    expect(await visitor.heading()).toBe("You're not signed in.")
  })

  it('without scripts there is no button, and the page says why', async ({ visit }) => {
    const visitor = await visit({ javaScript: false })
    await register(visitor, newPerson())
    await visitor.go('/account')
    expect(await visitor.page.locator('#passkeys-section').innerText()).toContain(
      'Adding a passkey needs JavaScript.',
    )
    expect(await visitor.page.getByRole('button', { name: 'Add a passkey' }).count()).toBe(0)
    await visitor.go('/login/second-factor?by=passkey')
    expect(await visitor.page.locator('main').innerText()).toContain('Using a passkey needs JavaScript.')
  })
})
