import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { isSignedIn, newPerson, type Person, register, signIn } from './person.ts'
import { it, mailedCode, mailedLink } from './stage.ts'
import type { Visitor } from './visitor.ts'

async function registerByMail(visitor: Visitor, { name, email, password }: Person): Promise<string> {
  await visitor.go('/register')
  await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: password })
  await visitor.press('Create account')
  expect(visitor.where()).toBe('/mail-sent?for=register')
  expect(await visitor.heading()).toBe('Check your email')
  return mailedLink('verified', email, '/email/verify')
}

describe.concurrent.each([
  { scripts: 'with JavaScript', javaScript: true },
  { scripts: 'without JavaScript', javaScript: false },
])('mailed links, $scripts', ({ javaScript }) => {
  it('registers by a link, under the path of the issuer', async ({ visit }) => {
    const visitor = await visit({ javaScript, service: 'verified' })
    const person = newPerson()
    const link = await registerByMail(visitor, person)
    expect(await isSignedIn(visitor)).toBe(false)

    await visitor.go(link)
    expect(await visitor.heading()).toBe('Confirm your email address')
    await visitor.press('Confirm address')
    expect(await visitor.heading()).toBe('Your address is confirmed')
    // This browser registered, so it is signed in.
    expect(await isSignedIn(visitor)).toBe(true)
  })

  it('lets who follows the link in another browser choose the password', async ({ visit }) => {
    const person = newPerson()
    const link = await registerByMail(await visit({ javaScript, service: 'verified' }), person)
    const visitor = await visit({ javaScript, service: 'verified' })
    const password = `Analytical-${randomUUID()}`

    await visitor.go(link)
    await visitor.fill({ 'New password': password })
    await visitor.press('Confirm address')
    expect(await visitor.heading()).toBe('Your address is confirmed')
    expect(await visitor.page.getByRole('main').innerText()).toContain('another browser')
    expect(await isSignedIn(visitor)).toBe(false)

    expect((await signIn(visitor, person)).status()).toBe(401)
    expect((await signIn(visitor, { ...person, password })).status()).toBe(303)
  })

  it('replaces a forgotten password, and ends the sessions there were', async ({ visit }) => {
    const person = newPerson()
    const before = await visit({ javaScript })
    await register(before, person)
    const visitor = await visit({ javaScript })
    const password = `Analytical-${randomUUID()}`

    await visitor.go('/login')
    await visitor.fill({ 'Email address': person.email })
    await visitor.press('Forgot your password?')
    // What was typed has come along.
    await visitor.press('Send the link')
    expect(await visitor.heading()).toBe('Check your email')

    const link = await mailedLink('open', person.email, '/password/reset')
    await visitor.go(link)
    await visitor.fill({ 'New password': password })
    await visitor.press('Save password')
    expect(await visitor.heading()).toBe('Your password is changed')
    await visitor.follow('Sign in')

    expect(await isSignedIn(before)).toBe(false)
    expect((await signIn(visitor, person)).status()).toBe(401)
    expect((await signIn(visitor, { ...person, password })).status()).toBe(303)

    // Once only, and that is said before anything is typed.
    expect((await visitor.go(link)).status()).toBe(400)
    expect(await visitor.heading()).toBe('This link no longer works')
  })

  it('signs in by a link, in the browser that asked for it and no other', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const [visitor, other] = [await visit({ javaScript }), await visit({ javaScript })]

    await visitor.go('/login')
    await visitor.fill({ 'Email address': person.email })
    await visitor.press('Email me a sign-in link')
    await visitor.press('Send the link')
    expect(await visitor.page.getByRole('main').innerText()).toContain(`To: ${person.email}`)
    expect(await visitor.page.getByRole('button', { name: 'Send it again' }).count()).toBe(1)
    const link = await mailedLink('open', person.email, '/login/link/confirm')

    await other.go(link)
    // There is nothing to press that could use it.
    expect(await other.page.getByRole('button', { name: 'Sign in', exact: true }).count()).toBe(0)
    expect(await other.page.getByRole('main').innerText()).toMatch(/browser/)
    expect(await isSignedIn(other)).toBe(false)

    await visitor.go(link)
    expect((await visitor.press('Sign in')).status()).toBe(303)
    expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')
  })

  it('signs in by the code of the mail, typed where the mail is waited for', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const visitor = await visit({ javaScript })
    await visitor.go('/login')
    await visitor.fill({ 'Email address': person.email })
    await visitor.press('Email me a sign-in link')
    await visitor.press('Send the link')
    const code = await mailedCode('open', person.email)
    const field = visitor.page.getByLabel('Code from the email')
    expect(await field.getAttribute('autocomplete')).toBe('one-time-code')
    expect(await field.getAttribute('inputmode')).toBe('numeric')

    await visitor.fill({ 'Code from the email': code === '000000' ? '000001' : '000000' })
    expect((await visitor.press('Sign in')).status()).toBe(400)
    // The page stays, and so does the address.
    expect(await visitor.page.getByRole('main').innerText()).toContain(`To: ${person.email}`)
    await visitor.fill({ 'Code from the email': code })
    expect((await visitor.press('Sign in')).status()).toBe(303)
    expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')
  })
})
