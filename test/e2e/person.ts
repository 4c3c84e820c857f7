import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { mailedLink } from './stage.ts'
import type { Visitor } from './visitor.ts'

export interface Person {
  readonly name: string
  readonly email: string
  readonly password: string
}

/** Returns somebody whom no service knows yet. */
export function newPerson(name = 'Ada Lovelace'): Person {
  return { name, email: `${randomUUID()}@example.com`, password: `Difference-${randomUUID()}` }
}

/** Makes an account, where that takes no more than the form. */
export async function register(visitor: Visitor, { name, email, password }: Person): Promise<void> {
  await visitor.go('/register')
  await visitor.fill({ 'Name (optional)': name, 'Email address': email, Password: password })
  const answer = await visitor.press('Create account')
  expect(answer.status()).toBe(303)
  expect(await visitor.heading()).toBe(`Signed in as ${name}.`)
}

/** Signs in with a password; what comes of it is the test's to say. */
export async function signIn(visitor: Visitor, { email, password }: Omit<Person, 'name'>) {
  await visitor.go('/login')
  await visitor.fill({ 'Email address': email, Password: password })
  return visitor.press('Sign in')
}

/** Returns `true` if the visitor is signed in, as the first page says. */
export async function isSignedIn(visitor: Visitor): Promise<boolean> {
  await visitor.go('/')
  return (await visitor.heading()) !== "You're not signed in."
}

/** Asks for a new password, in any language. @returns The link that is mailed. */
export async function forgetPassword({ go, page }: Visitor, email: string): Promise<string> {
  await go('/password/forgot')
  await page.locator('[name=email]').fill(email)
  await Promise.all([page.waitForEvent('load'), page.locator('main .primary').click()])
  return mailedLink('open', email, '/password/reset')
}

/** Shows that the address of somebody who is signed in is theirs, by the link that is mailed there. */
export async function verifyAddress(visitor: Visitor, { email }: Pick<Person, 'email'>): Promise<void> {
  await visitor.go('/account')
  const again = visitor.page.locator('form[action$="/email/verify/resend"] button')
  await Promise.all([visitor.page.waitForEvent('load'), again.click()])
  await visitor.go(await mailedLink('open', email, '/email/verify'))
  await Promise.all([
    visitor.page.waitForEvent('load'),
    visitor.page.locator('main form[action$="/email/verify"] button.primary').click(),
  ])
}
