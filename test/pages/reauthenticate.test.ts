import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { addPasskey } from '../support/passkeys'
import { newAddress, PASSWORD, type Person, read, send, signedInPerson } from '../support/person'
import { setUpTotp, wrongCode } from '../support/second-factor'

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const service = mailingService({ APP_URL: 'https://app.example.com' })

const show = ({ headers }: Pick<Person, 'headers'>, query = '') =>
  send(service, 'GET', `/reauthenticate${query}`, { headers: { ...headers, ...BROWSER } })

async function submit({ headers }: Pick<Person, 'headers'>, path: string, fields: Record<string, string>) {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...headers, ...BROWSER, 'CF-Connecting-IP': newAddress(), Origin: service.issuer },
    body: new URLSearchParams(fields),
  })
  return read(await service.fetch(request))
}

describe('the page that asks for a proof again', () => {
  it('asks for what the account has, and leads back', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const page = await show(ada, '?return_to=/account')
    expect(page.status).toBe(200)
    expect(page.headers.get('Cache-Control')).toBe('no-store')
    expect(page.text).toContain('name="password"')
    expect(page.text).not.toContain('data-passkey-prove')
    expect(page.text).not.toContain('name="code"')
    await addPasskey(ada)
    expect((await show(ada)).text).toContain('data-passkey-prove')

    const fields = { password: PASSWORD, return_to: '/account', account_id: ada.userId }
    const wrong = await submit(ada, '/reauthenticate', { ...fields, password: 'not this one at all' })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toContain('role="alert"')
    expect(wrong.text).toContain('name="return_to" value="/account"')
    const proven = await submit(ada, '/reauthenticate', fields)
    expect(proven.status, proven.text).toBe(303)
    expect(proven.headers.get('Location')).toBe('/continue?cookie=session&return_to=%2Faccount')
    expect(proven.cookies['__Host-session']).toBeTruthy()
  })

  it('takes the code of the app, or a recovery code, where the session has two factors', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(ada.userId).run()
    const { session } = await setUpTotp(ada)
    const page = await show(session)
    expect(page.text).not.toContain('name="password"')
    for (const field of ['code', 'recovery_code']) expect(page.text).toContain(`name="${field}"`)
    const wrong = await submit(session, '/reauthenticate/second-factor', { code: await wrongCode(ada) })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toContain('role="alert"')
    expect(wrong.text).toContain('action="/reauthenticate/second-factor"')
  })

  it.each(['https://evil.example', '//evil.example', '/\\evil.example'])(
    'leads nobody to %s',
    async (target) => {
      const ada = await signedInPerson({ mode: 'session', service })
      await addPasskey(ada)
      const page = await show(ada, `?return_to=${encodeURIComponent(target)}`)
      expect(page.text).not.toContain('evil.example')
      expect(page.text).toContain('data-next="/account"')
      const fields = { password: PASSWORD, return_to: target }
      expect((await submit(ada, '/reauthenticate', fields)).headers.get('Location')).not.toContain('evil')
    },
  )

  it('leads on to the app, and whoever is not signed in to the sign-in, which is a proof', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    await addPasskey(ada)
    const target = 'https://app.example.com/pay'
    expect((await show(ada, `?return_to=${target}`)).text).toContain(`data-next="${target}"`)
    const nobody = await show({ headers: {} }, `?return_to=${target}`)
    expect([nobody.status, nobody.headers.get('Location')]).toEqual([
      303,
      `/login?return_to=${encodeURIComponent(target)}`,
    ])
  })

  it('offers for two factors what reaches them, or where to set one up', async () => {
    const ada = await signedInPerson({ mode: 'session', service })
    const lacking = await show(ada, '?acr=urn:janus:2fa')
    expect(lacking.text).not.toContain('name="password"')
    expect(lacking.text).toContain('/account#second-factor-section')
    await addPasskey(ada)
    const passkey = await show(ada, '?acr=urn:janus:2fa')
    expect(passkey.text).toContain('data-passkey-prove')
    expect(passkey.text).not.toContain('/account#second-factor-section')
  })
})
