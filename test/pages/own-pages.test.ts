import { describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { newAddress, newEmail, PASSWORD } from '../support/person'

const settings = {
  APP_URL: 'https://app.example.com/',
  OWN_PAGES: [
    '/login=https://app.example.com/sign-in',
    '/password/reset=https://app.example.com/new-password#',
    '/email/verify=/welcome',
    '/account=https://app.example.com/me',
    '/mail-sent=https://app.example.com/mail',
    '/login/second-factor=https://app.example.com/step',
    '/login/second-factor/set-up=https://app.example.com/set-up#',
  ].join(', '),
}

function browserAt(service: ReturnType<typeof mailingService>) {
  return async (path: string, { accept = 'text/html', cookie = '', form }: Seen = {}) => {
    const answer = await service.fetch(
      new Request(`${service.issuer}${path}`, {
        method: form ? 'POST' : 'GET',
        headers: { Accept: accept, 'CF-Connecting-IP': newAddress(), ...(cookie ? { Cookie: cookie } : {}) },
        ...(form ? { body: new URLSearchParams(form) } : {}),
        redirect: 'manual',
      }),
    )
    return { status: answer.status, location: answer.headers.get('Location'), answer }
  }
}

interface Seen {
  readonly accept?: string
  readonly cookie?: string
  readonly form?: Record<string, string>
}

describe('pages of the app', () => {
  it('HTM-05: are where a browser is led that asks for a page of Janus, with what the link said', async () => {
    const go = browserAt(mailingService(settings))
    const at = async (path: string) => (await go(path)).location
    expect(await at('/login')).toBe('https://app.example.com/sign-in')
    expect(await at('/login?return_to=/orders&utm=1')).toBe(
      'https://app.example.com/sign-in?return_to=%2Forders',
    )
    expect(await at('/password/reset?token=abc')).toBe('https://app.example.com/new-password#token=abc')
    expect(await at('/email/verify?token=abc')).toBe('https://auth.example.com/welcome?token=abc')
    expect(await at('/email/verify?done=ready')).toBe('https://auth.example.com/welcome?done=ready')
    expect(await at('/mail-sent?for=link')).toBe('https://app.example.com/mail?for=link')
    expect(await at('/login/second-factor?by=recovery-code&with=passkey&utm=1')).toBe(
      'https://app.example.com/step?by=recovery-code&with=passkey',
    )
    expect(await at('/login/second-factor/set-up?by=mail')).toBe('https://app.example.com/set-up#by=mail')
    expect(await at('/login?by=passkey&with=passkey')).toBe('https://app.example.com/sign-in')
    expect(await at('/login?problem=internal-error')).toBe('https://app.example.com/sign-in')
    // Others are Janus's as before.
    expect((await go('/register')).status).toBe(200)
  })

  it('are where links in mails lead, and only where there is such a page', async () => {
    const service = mailingService(settings)
    const go = browserAt(service)
    const email = newEmail()
    await go('/register', { form: { email, password: PASSWORD } })
    await go('/email/verify/resend', { form: { email } })
    await go('/password/forgot', { form: { email } })
    await go('/login/link', { form: { email } })
    const links = service.mailTo(email).flatMap(({ text, html }) => {
      const [, link = ''] = /^(https:\S+token=)[\w-]{43}$/m.exec(text) ?? []
      if (link !== '') expect(html).toContain(`href="${link}`)
      return link === '' ? [] : [link]
    })
    expect(links).toEqual([
      'https://auth.example.com/welcome?token=',
      'https://app.example.com/new-password#token=',
      'https://auth.example.com/login/link/confirm?token=',
    ])
  })

  it('HTM-05: get a refused form back with the reason, and nothing that was typed', async () => {
    const go = browserAt(mailingService(settings))
    const form = { email: newEmail(), password: PASSWORD, return_to: '/orders' }
    const refused = await go('/login', { form })
    expect(refused.status).toBe(303)
    // By way of the page that leads to other origins after forms.
    const target = ({ location }: { location: string | null }) =>
      new URL(location ?? '', 'https://auth.example.com').searchParams.get('return_to')
    expect(target(refused)).toBe(
      'https://app.example.com/sign-in?problem=invalid-credentials&return_to=%2Forders',
    )
    const reset = await go('/password/reset', { form: { token: 'none', new_password: PASSWORD } })
    expect(target(reset)).toBe('https://app.example.com/new-password#problem=invalid-link')
    const over = await go('/login/second-factor', { form: { code: '000000' } })
    const { location } = await go(over.location ?? '')
    expect(location).toBe('https://app.example.com/sign-in?problem=sign-in-expired')
    const typed = await go('/login/second-factor?with=passkey', { form: { code: 'none' } })
    expect(target(typed)).toBe('https://app.example.com/step?problem=invalid-input&with=passkey')
    const proof = await go('/email/verify', { form: { token: 'none' } })
    expect(target(proof)).toBe('https://auth.example.com/welcome?problem=invalid-link&token=none')
  })

  it('get no form back that Janus failed to handle', async () => {
    const DB = { prepare: () => fails(), batch: () => fails() }
    const fails = () => {
      throw new Error('down')
    }
    const go = browserAt(mailingService({ ...settings, DB }))
    const refused = await go('/login', { form: { email: newEmail(), password: PASSWORD } })
    expect(refused.status).toBeGreaterThanOrEqual(500)
    expect(refused.location).toBeNull()
  })

  it('are nothing to a program', async () => {
    const go = browserAt(mailingService(settings))
    const form = { email: newEmail(), password: PASSWORD }
    expect((await go('/login', { accept: 'application/json', form })).status).toBe(401)
    expect((await go('/account', { accept: 'application/json' })).status).toBe(401)
  })

  it('in place of the account ask for a session first', async () => {
    const service = mailingService(settings)
    const go = browserAt(service)
    // By way of the page that signs in, which is the app's as well.
    expect((await go('/account')).location).toBe('/login?return_to=%2Faccount')
    const made = await go('/register', { form: { email: newEmail(), password: PASSWORD } })
    const cookie = made.answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ')
    expect((await go('/account', { cookie })).location).toBe('https://app.example.com/me')
  })
})
