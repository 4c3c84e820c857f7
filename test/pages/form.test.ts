import { describe, expect, it } from 'vitest'
import type { FormState } from '../../src/pages/form-state'
import { LoginPage } from '../../src/pages/login-page'
import { RegisterPage } from '../../src/pages/register-page'
import { elementsOf, pageContext, pagesOf } from '../support/pages'

const context = pageContext()

function register(state: FormState): string {
  return String(RegisterPage({ context, state, returnTo: null, passwordMinLength: 15, providers: [] }))
}

function login(state: FormState): string {
  return String(
    LoginPage({
      context,
      state,
      returnTo: '/app',
      next: '/app',
      expired: false,
      passkeys: true,
      mail: false,
      registration: false,
      providers: [],
    }),
  )
}

async function inputNamed(page: string, name: string): Promise<ReadonlyMap<string, string>> {
  const found = (await elementsOf(page)).find(({ attributes }) => attributes.get('name') === name)
  if (!found) throw new Error(`no field ${name}`)
  return found.attributes
}

const WRONG = {
  problem: { code: 'invalid-input' },
  errors: [
    { field: 'password', code: 'too-short' },
    { field: 'email', code: 'invalid' },
  ],
  values: { name: 'Ada', email: 'ada@', password: 'typed-secret' },
} as const

describe('a form that comes back', () => {
  it('keeps what was typed, but no password', async () => {
    const page = register(WRONG)
    expect((await inputNamed(page, 'name')).get('value')).toBe('Ada')
    expect((await inputNamed(page, 'email')).get('value')).toBe('ada@')
    expect(page).not.toContain('typed-secret')
  })

  it('says beside each field what is wrong, and in a summary with links', async () => {
    const page = register(WRONG)
    expect(page).toContain('<p class="error" id="register-password-error">Use at least 15 characters.</p>')
    expect(page).toContain(
      '<a href="#register-email">Enter an email address, for example ada@example.com.</a>',
    )
    expect(page).toContain('role="alert"')
    const email = await inputNamed(page, 'email')
    expect(email.get('aria-invalid')).toBe('true')
    expect(email.get('aria-describedby')).toBe('register-email-error')
    expect((await inputNamed(page, 'password')).get('aria-describedby')).toBe(
      'register-password-hint register-password-error',
    )
    expect((await inputNamed(page, 'name')).has('aria-invalid')).toBe(false)
  })

  it('puts the focus on the first field in error as they stand on the page', async () => {
    const page = register(WRONG)
    expect((await inputNamed(page, 'email')).has('autofocus')).toBe(true)
    expect((await inputNamed(page, 'password')).has('autofocus')).toBe(false)
  })

  it('puts it on the password when nothing says which of the two was wrong', async () => {
    const page = login({
      problem: { code: 'invalid-credentials' },
      errors: [],
      values: { email: 'a@b.example' },
    })
    expect(page).toContain('Email or password is incorrect')
    const password = await inputNamed(page, 'password')
    expect(password.has('autofocus')).toBe(true)
    expect(password.get('aria-describedby')).toBe('login-problem')
    expect((await inputNamed(page, 'return_to')).get('value')).toBe('/app')
  })

  it('puts it on the message where there is no field', async () => {
    const state = {
      problem: { code: 'too-many-attempts', retryAfterSeconds: 61 },
      errors: [],
      values: {},
    } as const
    const page = pagesOf('ada@example.com', state, context)['confirm change of email'] ?? ''
    const alert = (await elementsOf(page)).find(({ attributes }) => attributes.get('role') === 'alert')
    expect(alert?.attributes.has('autofocus')).toBe(true)
    expect(page).toContain('Please try again in 61 seconds.')
  })

  it('does not speak of the address where only the password was asked for', () => {
    const state = { problem: { code: 'invalid-credentials' }, errors: [], values: {} } as const
    const page = pagesOf('ada@example.com', state, context)['account, deletion']
    expect(page).toContain('The password is incorrect')
    expect(page).not.toContain('Email or password')
  })
})

describe('a form that was not sent yet', () => {
  const fresh = { problem: null, errors: [], values: {} } as const

  it.each([
    { what: 'the first field', values: {}, at: 'email' },
    { what: 'the first empty one', values: { email: 'ada@example.com' }, at: 'password' },
  ])('says nothing, and begins at $what', async ({ values, at }) => {
    const page = login({ ...fresh, values })
    expect(page).not.toContain('role="alert"')
    for (const name of ['email', 'password']) {
      expect((await inputNamed(page, name)).has('autofocus'), name).toBe(name === at)
    }
  })

  it('begins nowhere where all is filled in, or where the form is one of several', () => {
    const pages = pagesOf('ada@example.com', { ...fresh, values: { email: 'ada@example.com' } }, context)
    for (const name of ['forgot password', 'sign-in link', 'account', 'account without a password']) {
      expect(pages[name]).not.toContain('autofocus')
    }
  })
})
