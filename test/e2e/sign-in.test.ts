import { describe, expect } from 'vitest'
import { isSignedIn, newPerson, register, signIn } from './person.ts'
import { cookieNameAt, credentialCookies, it } from './stage.ts'

describe.concurrent.each([
  { scripts: 'with JavaScript', javaScript: true },
  { scripts: 'without JavaScript', javaScript: false },
])('signing in, $scripts', ({ javaScript }) => {
  it('registers, and is signed in', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    await register(visitor, newPerson())
    expect(visitor.where()).toBe('/')
    const cookie = {
      name: cookieNameAt(visitor.url),
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      path: '/',
    }
    expect(await credentialCookies(visitor)).toEqual([expect.objectContaining(cookie)])
    await visitor.follow('Your account')
    expect(await visitor.heading()).toBe('Your account')
  })

  it('says beside its field what is wrong, keeps what was typed but the password, and begins there', async ({
    visit,
  }) => {
    const visitor = await visit({ javaScript })
    const { name, email } = newPerson()
    await visitor.go('/register')
    await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: '123456789012345' })
    expect((await visitor.press('Create account')).status()).toBe(422)

    const error = 'This password is on lists of leaked passwords. Please choose another.'
    expect(await visitor.alert()).toContain(error)
    expect(await visitor.description('Password')).toContain(error)
    expect(await visitor.focused()).toBe('Password')
    const values = ['Name (optional)', 'Email address', 'Password'].map((label) =>
      visitor.page.getByLabel(label, { exact: true }).inputValue(),
    )
    expect(await Promise.all(values)).toEqual([name, email, ''])
    expect(await isSignedIn(visitor)).toBe(false)
  })

  it('refuses a wrong password, lets the right one in, and signs out', async ({ visit }) => {
    const person = newPerson()
    await register(await visit({ javaScript }), person)
    const visitor = await visit({ javaScript })

    expect((await signIn(visitor, { ...person, password: 'not the password at all' })).status()).toBe(401)
    expect(await visitor.alert()).toBe('Email or password is incorrect\nCheck both and try again.')
    expect(await visitor.page.getByLabel('Email address').inputValue()).toBe(person.email)
    expect(await visitor.page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    expect(await visitor.focused()).toBe('Password')
    expect(await credentialCookies(visitor)).toEqual([])

    await visitor.fill({ Password: person.password })
    expect((await visitor.press('Sign in')).status()).toBe(303)
    expect(await visitor.heading()).toBe('Signed in as Ada Lovelace.')

    await visitor.press('Sign out')
    expect(await visitor.heading()).toBe("You're not signed in.")
    expect(await credentialCookies(visitor)).toEqual([])
  })

  it('says how long to wait after too many attempts', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    let answer = await signIn(visitor, newPerson())
    // Delays double from a second: on a machine however slow, one soon lasts.
    for (let attempt = 0; answer.status() === 401 && attempt < 12; attempt++) {
      await visitor.fill({ Password: 'not the password either' })
      answer = await visitor.press('Sign in')
    }
    expect(answer.status()).toBe(429)
    const wait = Number((await answer.allHeaders())['retry-after'])
    expect(wait).toBeGreaterThan(0)
    const words = wait === 1 ? '1 second' : `${wait} seconds`
    expect(await visitor.alert()).toBe(`Too many attempts\nPlease try again in ${words}.`)
  })

  it('leads back to where sign-in was asked for, by way of any of its forms', async ({ visit }) => {
    const person = newPerson()
    const visitor = await visit({ javaScript })
    await visitor.go('/account')
    expect(visitor.where()).toBe('/login?return_to=%2Faccount')
    await visitor.press('Create one')
    await visitor.fill({ 'Email address': person.email, Password: person.password })
    await visitor.press('Create account')
    expect(visitor.where()).toBe('/account')

    await visitor.press('Sign out')
    await visitor.go('/login?return_to=/account?show=activity')
    await visitor.fill({ 'Email address': person.email, Password: 'not the password at all' })
    await visitor.press('Sign in')
    await visitor.fill({ Password: person.password })
    await visitor.press('Sign in')
    expect(visitor.where()).toBe('/account?show=activity')
  })

  it('takes an address along to the other forms and back, and no URL has it', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const { email } = newPerson()
    const typed = () => visitor.page.getByLabel('Email address').inputValue()
    await visitor.go('/login?return_to=/account')
    expect(await visitor.focused()).toBe('Email address')
    await visitor.fill({ 'Email address': email, Password: 'half a pass' })
    for (const [button, heading, focus] of [
      ['Forgot your password?', 'Forgot your password?', null],
      ['Back to sign-in', 'Sign in', 'Password'],
      ['Email me a sign-in link', 'Sign in by email', null],
      ['Sign in with a password', 'Sign in', 'Password'],
      ['Create one', 'Create your account', 'Name (optional)'],
    ] as const) {
      expect((await visitor.press(button)).status()).toBe(200)
      expect(await visitor.heading()).toBe(heading)
      expect(await typed()).toBe(email)
      expect(visitor.where()).toBe('/login/other')
      if (focus !== null) expect(await visitor.focused()).toBe(focus)
      expect(await visitor.page.locator('[name=return_to]').inputValue()).toBe('/account')
    }
    await visitor.go('/login/other')
    expect(visitor.where()).toBe('/login')
  })

  it('says who is signed in, and lets somebody else sign in', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const person = newPerson()
    const other = newPerson('Grace Hopper')
    await register(await visit({ javaScript }), other)
    await register(visitor, person)
    await visitor.go('/login?return_to=/account')
    expect(await visitor.heading()).toBe("You're already signed in")
    expect(await visitor.page.locator('main .intro').innerText()).toContain(person.email)
    await visitor.follow('Continue')
    expect(visitor.where()).toBe('/account')

    await visitor.go('/login?return_to=/account')
    await visitor.follow('Use a different account')
    await visitor.fill({ 'Email address': other.email, Password: other.password })
    await visitor.press('Sign in')
    expect(visitor.where()).toBe('/account')
    expect(await visitor.page.locator('.title .intro').innerText()).toBe(other.email)
  })

  it('HTM-05: leads to no other site', async ({ visit }) => {
    const person = newPerson()
    const visitor = await visit({ javaScript })
    await register(visitor, person)
    await visitor.press('Sign out')
    for (const target of ['https://elsewhere.example/', '/\\elsewhere.example']) {
      await visitor.go(`/register?return_to=${encodeURIComponent(target)}`)
      await visitor.press('Sign in')
      expect(await visitor.page.locator('[name=return_to]').inputValue()).toBe(target)
      await visitor.fill({ 'Email address': person.email, Password: person.password })
      await visitor.press('Sign in')
      expect(visitor.page.url()).toBe(`${visitor.url}/`)
      await visitor.press('Sign out')
    }
  })
})
