import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { forgetPassword, isSignedIn, newPerson, register, signIn } from './person.ts'
import { countMails, it, mailedLink } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** Presses a button twice, the second time at once, and waits for the page that comes of it. */
async function pressTwice({ page, faults }: Visitor, button: string, heading: string): Promise<void> {
  await page
    .getByRole('main')
    .getByRole('button', { name: button, exact: true })
    .dblclick({ noWaitAfter: true })
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  // Without a script, the browser gives up the first request for the second, which it may have sent already.
  const givenUp = faults.findIndex((fault) => fault.endsWith('net::ERR_ABORTED'))
  if (givenUp !== -1) faults.splice(givenUp, 1)
}

describe.concurrent.each([
  { scripts: 'with JavaScript', javaScript: true },
  { scripts: 'without JavaScript', javaScript: false },
])('LOG-03: a form that is sent twice, $scripts', ({ javaScript }) => {
  it('registers once, and signs in', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const { name, email, password } = newPerson()
    await visitor.go('/register')
    await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: password })
    await pressTwice(visitor, 'Create account', `Signed in as ${name}.`)
    expect(await isSignedIn(visitor)).toBe(true)
    expect((await signIn(await visit({ javaScript }), { email, password })).status()).toBe(303)
  })

  it('signs in by a mailed link', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const visitor = await visit({ javaScript })
    await visitor.go('/login')
    await visitor.fill({ 'Email address': person.email })
    await visitor.press('Email me a sign-in link')
    await visitor.press('Send the link')
    await visitor.go(await mailedLink('open', person.email, '/login/link/confirm'))
    await pressTwice(visitor, 'Sign in', `Signed in as ${person.name}.`)
  })

  it('registers once where addresses are proven first: one mail, whose link signs in', async ({ visit }) => {
    const visitor = await visit({ javaScript, service: 'verified' })
    const { name, email, password } = newPerson()
    await visitor.go('/register')
    await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: password })
    await pressTwice(visitor, 'Create account', 'Check your email')
    await visitor.go(await mailedLink('verified', email, '/email/verify'))
    await visitor.press('Confirm address')
    expect(await isSignedIn(visitor)).toBe(true)
    expect(await countMails('verified', email)).toBe(1)
  })

  it('asks for one sign-in link, which works in this browser', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const visitor = await visit({ javaScript })
    await visitor.go('/login')
    await visitor.fill({ 'Email address': person.email })
    await visitor.press('Email me a sign-in link')
    await pressTwice(visitor, 'Send the link', 'Check your email')
    await visitor.go(await mailedLink('open', person.email, '/login/link/confirm'))
    expect(await countMails('open', person.email)).toBe(1)
    await visitor.press('Sign in')
    expect(await isSignedIn(visitor)).toBe(true)
  })

  it('sets the new password', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const visitor = await visit({ javaScript })
    const password = `Analytical-${randomUUID()}`
    await visitor.go(await forgetPassword(visitor, person.email))
    await visitor.fill({ 'New password': password })
    await pressTwice(visitor, 'Save password', 'Your password is changed')
    expect((await signIn(visitor, { ...person, password })).status()).toBe(303)
  })
})

describe('a form on its way', () => {
  it('is sent by a click at any time: its button stays where it is when words about the password come', async ({
    visit,
  }) => {
    const { page, go, fill } = await visit({})
    await page.clock.install()
    await go('/register')
    // From here it stands still: on a busy machine the words would come before they are looked at.
    await page.clock.pauseAt(Date.now() + 60_000)
    await fill({ Password: newPerson().password })
    const button = page.getByRole('button', { name: 'Create account' })
    const before = await button.boundingBox()
    const words = page.locator('.strength [role=status]')
    expect(await words.textContent()).toBe('')
    await page.clock.runFor(1000)
    expect(await words.textContent()).not.toBe('')
    expect(await button.boundingBox()).toEqual(before)
  })

  it('cannot be sent again, and says that work goes on', async ({ visit }) => {
    const visitor = await visit({})
    const { name, email, password } = newPerson()
    await visitor.go('/register')
    await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: password })
    // An answer without content leaves the page as it is while it waits.
    await visitor.page.route('**/register', (route) => route.fulfill({ status: 204 }))
    const button = visitor.page.getByRole('button', { name: 'Create account' })
    await button.click({ noWaitAfter: true })
    await visitor.page.getByRole('status').filter({ hasText: 'Working on it…' }).waitFor()
    expect(await button.isDisabled()).toBe(true)
    visitor.faults.length = 0
  })
})
