import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { isSignedIn, newPerson, register, signIn } from './person.ts'
import { credentialCookies, it, mailedLink } from './stage.ts'

describe.concurrent.each([
  { scripts: 'with JavaScript', javaScript: true },
  { scripts: 'without JavaScript', javaScript: false },
])('the account, $scripts', ({ javaScript }) => {
  it('changes the name', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    await register(visitor, newPerson())
    await visitor.go('/account')
    await visitor.fill({ 'Name (optional)': 'Augusta King' }, 'Profile')
    await visitor.press('Save name', 'Profile')
    expect(await visitor.notice()).toBe('Your name is saved.')
    await visitor.go('/')
    expect(await visitor.heading()).toBe('Signed in as Augusta King.')
  })

  it('changes the address by a link that is mailed to the new one', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const person = newPerson()
    const { email } = newPerson()
    await register(visitor, person)
    await visitor.go('/account')
    await visitor.unfold('Change address')
    await visitor.fill({ 'New email address': email, 'Current password': person.password }, 'Profile')
    await visitor.press('Send the link', 'Profile')
    expect(await visitor.notice()).toBe('An email is on its way to your new address.')

    await visitor.go(await mailedLink('open', email, '/email/change/confirm'))
    await visitor.press('Use this address')
    expect(await visitor.heading()).toBe('Your address is changed')

    const elsewhere = await visit({ javaScript })
    expect((await signIn(elsewhere, person)).status()).toBe(401)
    expect((await signIn(elsewhere, { ...person, email })).status()).toBe(303)
  })

  it('changes the password, and signs out everywhere else', async ({ visit }) => {
    const [visitor, other] = [await visit({ javaScript }), await visit({ javaScript })]
    const person = newPerson()
    const password = `Analytical-${randomUUID()}`
    await register(visitor, person)
    await signIn(other, person)

    await visitor.go('/account')
    await visitor.unfold('Change password')
    const fields = { 'Current password': 'not the password at all', 'New password': password }
    await visitor.fill(fields, 'Password')
    expect((await visitor.press('Change password', 'Password')).status()).toBe(401)
    // The form that came back is open, with its error in sight.
    expect(await visitor.alert()).toBe('The password is incorrect\nPlease try again.')
    expect(await visitor.focused()).toBe('Current password')

    await visitor.fill({ ...fields, 'Current password': person.password }, 'Password')
    await visitor.press('Change password', 'Password')
    expect(await visitor.notice()).toBe('Your password is changed. Other devices are signed out.')
    expect(await isSignedIn(visitor)).toBe(true)
    expect(await isSignedIn(other)).toBe(false)
    expect((await signIn(other, person)).status()).toBe(401)
    expect((await signIn(other, { ...person, password })).status()).toBe(303)
  })

  it('ends a session of another browser, all others, and all', async ({ visit }) => {
    const person = newPerson()
    const [visitor, second, third] = [
      await visit({ javaScript }),
      await visit({ javaScript }),
      await visit({ javaScript }),
    ]
    await register(visitor, person)
    await signIn(second, person)

    await visitor.go('/account')
    await visitor.press('Sign out : Chrome, Linux', 'Devices')
    expect(await visitor.notice()).toBe('That device is signed out.')
    expect(await isSignedIn(second)).toBe(false)
    await second.go('/account')
    expect(second.where()).toBe('/login?return_to=%2Faccount')

    await signIn(second, person)
    await signIn(third, person)
    await visitor.go('/account')
    await visitor.press('Sign out all other devices', 'Devices')
    expect(await visitor.notice()).toBe('All other devices are signed out.')
    expect(await Promise.all([visitor, second, third].map(isSignedIn))).toEqual([true, false, false])

    await signIn(third, person)
    await visitor.go('/account')
    await visitor.press('Sign out everywhere, including here', 'Devices')
    expect(visitor.where()).toBe('/')
    expect(await Promise.all([visitor, third].map(isSignedIn))).toEqual([false, false])
  })

  it('is not changed by a page of another account that was left open in a tab', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const [ada, eve] = [newPerson(), newPerson('Eve')]
    await register(visitor, ada)
    await visitor.go('/account')
    const tab = await visitor.context.newPage()
    await tab.goto(`${visitor.url}/register?account=other`)
    await tab.getByLabel('Email address').fill(eve.email)
    await tab.getByLabel('Password', { exact: true }).fill(eve.password)
    await Promise.all([tab.waitForEvent('load'), tab.getByRole('button', { name: 'Create account' }).click()])

    await visitor.fill({ 'Name (optional)': 'Mallory' }, 'Profile')
    expect((await visitor.press('Save name', 'Profile')).status()).toBe(409)
    expect(await visitor.heading()).toBe("You're signed in to a different account")
    await visitor.follow('Your account')
    expect(await visitor.page.getByLabel('Name (optional)').inputValue()).toBe('')
    expect(await visitor.page.getByText(eve.email).first().isVisible()).toBe(true)
  })

  it('is deleted by who knows the password, for good', async ({ visit }) => {
    const visitor = await visit({ javaScript })
    const person = newPerson()
    await register(visitor, person)
    await visitor.go('/account')
    await visitor.unfold('Continue with your password')
    await visitor.fill({ "Your password, to be sure it's you": 'not the password at all' }, 'Delete account')
    expect((await visitor.press('Delete my account', 'Delete account')).status()).toBe(401)
    expect(await visitor.alert()).toBe('The password is incorrect\nPlease try again.')

    await visitor.fill({ "Your password, to be sure it's you": person.password }, 'Delete account')
    await visitor.press('Delete my account', 'Delete account')
    expect(await visitor.heading()).toBe("You're not signed in.")
    expect(await credentialCookies(visitor)).toEqual([])
    expect((await signIn(visitor, person)).status()).toBe(401)
  })
})
