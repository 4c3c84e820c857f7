import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { NEW_PASSWORD, provenPerson } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { type Answer, clientOf, newAddress, newEmail, PASSWORD, read, send } from '../support/person'

const MODES = ['session', 'token'] as const
const APP = 'https://app.example.com'
const SETTINGS = { ALLOWED_ORIGINS: APP }

const GOALS = [
  ['/orders?q=café', '/orders?q=caf%C3%A9'],
  [`${APP}/cart`, `${APP}/cart`],
  ['https://evil.example/x', undefined],
  ['//evil.example/x', undefined],
] as const

/** The ways of a person through a mail: asks, and then uses what was mailed. */
const WAYS = {
  'a registration': async (service: MailingService, mode: string, return_to?: string) => {
    const email = newEmail()
    const asked = await send(service, 'POST', '/register', {
      body: { email, password: PASSWORD, return_to, mode },
    })
    expect(asked.status, asked.text).toBe(202)
    const body = { token: service.tokenFor(email), binding: asked.body.binding, mode }
    return { email, path: '/email/verify', body }
  },
  'a sign-in link': (service: MailingService, mode: string, return_to?: string) =>
    linkOf(service, mode, return_to, 'token'),
  'a sign-in code': (service: MailingService, mode: string, return_to?: string) =>
    linkOf(service, mode, return_to, 'code'),
  'a reset': async (service: MailingService, _mode: string, return_to?: string) => {
    const { email } = await provenPerson(service, 'session')
    const asked = await send(service, 'POST', '/password/forgot', { body: { email, return_to } })
    expect(asked.status, asked.text).toBe(202)
    return {
      email,
      path: '/password/reset',
      body: { token: service.tokenFor(email), new_password: NEW_PASSWORD },
    }
  },
} as const

async function linkOf(
  service: MailingService,
  mode: string,
  return_to: string | undefined,
  by: 'token' | 'code',
) {
  const { email } = await provenPerson(service, 'session')
  const asked = await send(service, 'POST', '/login/link', { body: { email, return_to } })
  expect(asked.status, asked.text).toBe(202)
  const mailed = by === 'token' ? { token: service.tokenFor(email) } : { code: service.codeFor(email) }
  return { email, path: '/login/link/confirm', body: { ...mailed, binding: asked.body.binding, mode } }
}

function verified(more = {}): MailingService {
  return mailingService({ ...SETTINGS, REGISTRATION: 'verified', ...more })
}

/** People register at once, and so have accounts to ask for links of. */
function serviceFor(way: string, more = {}): MailingService {
  return way === 'a registration' ? verified(more) : mailingService({ ...SETTINGS, ...more })
}

describe.each(MODES)('HTM-05: return_to goes with what is mailed, in %s mode', (mode) => {
  describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('%s', (way) => {
    it.each(GOALS)('%s comes back as %s, and is in no mail', async (goal, expected) => {
      const service = serviceFor(way)
      const { email, path, body } = await WAYS[way](service, mode, goal)
      for (const { text, html } of service.mailTo(email))
        expect(text + html).not.toMatch(/return_to|orders|cart|evil/)
      const answer = await send(service, 'POST', path, { body })
      expect([200, 204], answer.text).toContain(answer.status)
      expect(answer.body?.return_to).toBe(expected)
    })
  })

  it('is checked again when it is used', async () => {
    const { path, body } = await WAYS['a sign-in link'](mailingService(SETTINGS), mode, `${APP}/cart`)
    const answer = await send(
      mailingService({ ALLOWED_ORIGINS: 'https://other.example.com' }),
      'POST',
      path,
      { body },
    )
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).not.toHaveProperty('return_to')
  })

  it('EML-02: an address confirmed where somebody registered signs in; elsewhere it does not', async () => {
    const service = verified()
    for (const here of [true, false]) {
      const { body } = await WAYS['a registration'](service, mode)
      const { binding, ...elsewhere } = body
      const sent = here ? body : { ...elsewhere, new_password: NEW_PASSWORD }
      const answer = await send(service, 'POST', '/email/verify', { body: sent })
      expect(answer.body, answer.text).toMatchObject({ email_verified: true, has_password: true })
      expect('session' in answer.body).toBe(here)
      expect('access_token' in answer.body).toBe(here && mode === 'token')
      expect('__Host-session' in answer.cookies).toBe(here && mode === 'session')
      if (!here) continue
      expect(answer.body.session).toMatchObject({ mode, current: true })
      expect((await clientOf(service, mode, answer).get('/sessions')).body.sessions).toHaveLength(1)
    }
  })
})

describe('HTM-05: pages lead where the person wanted to go', () => {
  /** Posts as a page of Janus's own does, in the browser that asked. */
  async function submit(
    service: MailingService,
    path: string,
    body: Record<string, unknown>,
  ): Promise<Answer> {
    const form = Object.fromEntries(
      Object.entries(body).filter(([name]) => !['mode', 'binding'].includes(name)),
    )
    const cookie = path === '/email/verify' ? '__Host-registration' : '__Host-sign-in-link'
    const request = new Request(`${service.issuer}${path}`, {
      method: 'POST',
      headers: {
        'CF-Connecting-IP': newAddress(),
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
        Cookie: `${cookie}=${body.binding}`,
      },
      body: new URLSearchParams(form as Record<string, string>),
      redirect: 'manual',
    })
    return read(await service.fetch(request))
  }

  it.each(['a registration', 'a sign-in link', 'a sign-in code'] as const)('%s', async (way) => {
    const service = serviceFor(way)
    const { path, body } = await WAYS[way](service, 'session', `${APP}/cart`)
    const answer = await submit(service, path, body)
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, `${APP}/cart`])
    expect(answer.cookies['__Host-session']).toMatch(/./)
  })

  it('a reset, by way of signing in', async () => {
    const service = mailingService(SETTINGS)
    const { path, body } = await WAYS['a reset'](service, 'session', `${APP}/cart`)
    const answer = await submit(service, path, body)
    const location = String(answer.headers.get('Location'))
    expect(location).toBe(`/password/reset?done&return_to=${encodeURIComponent(`${APP}/cart`)}`)
    const page = await send(service, 'GET', location, { headers: { Accept: 'text/html' } })
    expect(page.text).toContain(`href="/login?return_to=${encodeURIComponent(`${APP}/cart`)}"`)
  })

  it('another browser confirms an address and is told why it is not signed in', async () => {
    const service = verified()
    const { path, body } = await WAYS['a registration'](service, 'session')
    const answer = await submit(service, path, { token: body.token, new_password: NEW_PASSWORD })
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/email/verify?done=elsewhere'])
    const page = await send(service, 'GET', '/email/verify?done=elsewhere', {
      headers: { Accept: 'text/html' },
    })
    expect(page.text).toContain('You registered in another browser')
  })

  it('a link that is sent again by the same browser goes where the first did', async () => {
    const service = verified()
    const { email, body } = await WAYS['a registration'](service, 'session', '/orders')
    const again = { body: { email, binding: body.binding } }
    expect((await send(service, 'POST', '/email/verify/resend', again)).status).toBe(202)
    const use = { token: service.tokenFor(email), binding: body.binding }
    expect((await send(service, 'POST', '/email/verify', { body: use })).body.return_to).toBe('/orders')
    const rows = await env.DB.prepare('SELECT count(*) AS n FROM one_time_tokens WHERE holder = ?1')
      .bind(email)
      .first()
    expect(rows?.n).toBe(0)
  })
})
