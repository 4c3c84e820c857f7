import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { hotp, totpStep } from '../../src/factors/totp'
import { decodeBase32 } from '../support/base32'
import { mailingService } from '../support/mail'
import { elementsOf } from '../support/pages'
import { addPasskey } from '../support/passkeys'
import {
  type Answer,
  clientOf,
  expectProblem,
  newAddress,
  PASSWORD,
  type Person,
  read,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import { firstStep, pendingOf, setUpTotp, setVerified } from '../support/second-factor'

const BROWSER = { Accept: 'text/html,*/*;q=0.8' }
const MINUTE = 60

/** As a browser sends a form of the account page. */
async function submit(
  { service, userId }: Pick<Person, 'service' | 'userId'>,
  { headers }: Pick<SignedIn, 'headers'>,
  path: string,
  { fields = {}, further = {} }: { fields?: Record<string, string>; further?: Record<string, string> } = {},
): Promise<Answer> {
  const request = new Request(`${service.issuer}${path}`, {
    method: 'POST',
    headers: {
      ...BROWSER,
      'Content-Type': 'application/x-www-form-urlencoded',
      'CF-Connecting-IP': newAddress(),
      'Sec-Fetch-Site': 'same-origin',
      Origin: new URL(service.issuer).origin,
      ...headers,
      ...further,
    },
    body: new URLSearchParams(userId === '' ? fields : { account_id: userId, ...fields }),
    redirect: 'manual',
  })
  return read(await service.fetch(request))
}

/** Returns the parts of the page of an authenticator app. */
async function readOffer(page: Answer) {
  const elements = await elementsOf(page.text)
  const sent = (name: string) =>
    elements.find(({ attributes }) => attributes.get('name') === name)?.attributes.get('value') ?? ''
  const seed = /<code class="secret">([A-Z2-7 ]+)</.exec(page.text)?.[1]?.replaceAll(' ', '') ?? ''
  return {
    enrolment: sent('enrolment'),
    seed,
    qr: elements.find(({ tag }) => tag === 'path')?.attributes.get('d'),
  }
}

const codeNow = (seed: string) => hotp(decodeBase32(seed), totpStep(Date.now() / 1000))

describe('the second step on the pages', () => {
  it('MFA-05: a wrong first code shows the same seed again, and the right one shows the recovery codes once', async () => {
    const ada = await signedInPerson({ mode: 'session', service: mailingService() })
    await setVerified(ada, 1)
    const first = await submit(ada, ada, '/me/totp')
    const { enrolment, seed, qr } = await readOffer(first)
    expect({ status: first.status, cache: first.headers.get('Cache-Control') }).toEqual({
      status: 200,
      cache: 'no-store',
    })
    expect(seed).toMatch(/^[A-Z2-7]{32}$/)
    for (const code of ['abc', await hotp(decodeBase32(seed), 7)]) {
      const again = await submit(ada, ada, '/me/totp/confirm', { fields: { enrolment, code } })
      expect([401, 422]).toContain(again.status)
      expect(again.text).toContain('role="alert"')
      expect(again.text).not.toContain(code)
      expect(await readOffer(again)).toEqual({ enrolment, seed, qr })
    }
    const fields = { enrolment, code: await codeNow(seed) }
    const done = await submit(ada, ada, '/me/totp/confirm', { fields })
    expect(done.status, done.text).toBe(200)
    expect(done.headers.get('Cache-Control')).toBe('no-store')
    const codes = done.text.match(/[a-z2-7]{4}(-[a-z2-7]{4}){5}/g) ?? []
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(JSON.stringify(done.cookies)).not.toContain(code)

    const cookies = Object.entries(done.cookies).map((cookie) => cookie.join('='))
    const renewed = { headers: { Cookie: cookies.join('; ') } }
    const account = await send(ada.service, 'GET', '/account', {
      headers: { ...renewed.headers, ...BROWSER },
    })
    expect(account.text).toContain('Recovery codes left:')
    expect(account.text).not.toContain(seed)
    for (const code of codes) expect(account.text).not.toContain(code)
    const removed = await submit(ada, renewed, '/me/second-factor/remove')
    expect(removed.status).toBe(303)
    expect(removed.headers.get('Location')).toContain('cookie=session')
  })

  it('MFA-05: what another account was offered is not shown', async () => {
    const service = mailingService()
    const [ada, eve] = await Promise.all([
      signedInPerson({ mode: 'session', service }),
      signedInPerson({ mode: 'session', service }),
    ])
    for (const person of [ada, eve]) await setVerified(person, 1)
    const { enrolment, seed } = await readOffer(await submit(ada, ada, '/me/totp'))
    const fields = { enrolment, code: await codeNow(seed) }
    const answer = await submit(eve, eve, '/me/totp/confirm', { fields })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('Location')).toBe('/account?done=set-up-expired')
    const mistaken = await submit(ada, eve, '/me/totp/confirm', { fields })
    expect(mistaken.status).toBe(409)
    expect(mistaken.text).not.toContain(seed)
  })

  it('MFA-05: without a recent sign-in nothing is shown, and the pages say what to do', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    await setVerified(ada, 1)
    const offer = await readOffer(await submit(ada, ada, '/me/totp'))
    service.ahead = 11 * MINUTE
    const account = await send(service, 'GET', '/account', { headers: { ...ada.headers, ...BROWSER } })
    const again = 'href="/reauthenticate?return_to=%2Faccount"'
    expect(account.text).toContain(again)
    expect(account.text).not.toContain('action="/me/totp"')
    const fields = { enrolment: offer.enrolment, code: '000000' }
    for (const path of ['/me/totp', '/me/totp/confirm', '/me/recovery-codes', '/me/second-factor/remove']) {
      const refused = await submit(ada, ada, path, path.endsWith('confirm') ? { fields } : {})
      expect(refused.status, path).toBe(401)
      expect(refused.text).toContain(again)
      expect(refused.text).not.toContain(offer.seed)
    }
    // Whoever signs in again after half an hour begins anew.
    service.ahead = 31 * MINUTE
    const body = { email: ada.email, password: PASSWORD, mode: 'session' }
    const later = clientOf(service, 'session', await send(service, 'POST', '/login', { body }))
    const expired = await submit(ada, later, '/me/totp/confirm', { fields })
    expect(expired.headers.get('Location')).toBe('/account?done=set-up-expired')
  })

  it('forms of programs are answered with JSON', async () => {
    const ada = await signedInPerson({ mode: 'session', service: mailingService() })
    const program = { further: { Accept: 'application/json, */*;q=0.1' } }
    await setVerified(ada, 1)
    const offer = await submit(ada, ada, '/me/totp', program)
    expect(offer.body).toMatchObject({ seed: expect.any(String), enrolment: expect.any(String) })
    expectProblem(await submit(ada, ada, '/me/recovery-codes', program), 409, 'second-factor-not-set')
  })
})

const NEEDS_SCRIPT = {
  en: [
    'Using a passkey needs JavaScript.',
    'use one of your recovery codes',
    'have your second step removed by email',
  ],
  de: [
    'Um einen Passkey zu verwenden, braucht es JavaScript.',
    'Oder nehmen Sie einen',
    'Oder lassen Sie Ihren',
  ],
  es: ['Para usar una llave de acceso hace falta JavaScript.', 'O use uno de', 'O pida por correo'],
} as const

describe('MFA-08: the page of the second step has what the account can present, as JSON says', () => {
  const lenient = mailingService()
  const strict = mailingService({ SECOND_FACTOR: 'required', REGISTRATION: 'verified' })

  it.each([
    ['a passkey alone', { app: false, passkey: true }, ['passkey'], '?by=passkey'],
    ['an app', { app: true, passkey: false }, ['totp', 'recovery-code'], ''],
    ['both', { app: true, passkey: true }, ['totp', 'recovery-code', 'passkey'], '?with=passkey'],
    [
      'an app whose seed no secret opens',
      { app: true, passkey: true, unreadable: true },
      ['recovery-code', 'passkey'],
      '?by=recovery-code&with=passkey',
    ],
  ] as const)('%s', async (_, has, next, query) => {
    const ada = await signedInPerson({ mode: 'session', service: lenient })
    await setVerified(ada, 1)
    const { session } = has.app ? await setUpTotp(ada) : { session: ada }
    if (has.passkey) await addPasskey(session)
    if ('unreadable' in has)
      await env.DB.prepare("UPDATE totp_factors SET encrypted_with = 'gone' WHERE user_id = ?1")
        .bind(ada.userId)
        .run()
    const person = { ...ada, service: strict }
    expect((await firstStep(person)).answer.body.next).toEqual(next)
    const visitor = { service: strict, userId: '' }
    const first = await submit(visitor, { headers: {} }, '/login', {
      fields: { email: ada.email, password: PASSWORD },
      further: { Accept: '*/*' },
    })
    const target = first.headers.get('Location') ?? ''
    expect([first.status, target]).toEqual([303, `/login/second-factor${query}`])
    const { headers } = pendingOf({ ...first, status: 200 })
    for (const [language, [needed, code, mail]] of Object.entries(NEEDS_SCRIPT)) {
      const shown = { ...headers, ...BROWSER, 'Accept-Language': language }
      const page = (await send(strict, 'GET', target, { headers: shown })).text
      expect({
        app: page.includes('name="code"'),
        recovery: page.includes('name="recovery_code"'),
        passkey: page.includes('data-passkey-step'),
        first: page.includes('class="button primary"'),
        words: [needed, code, mail].map((words) => noScriptOf(page).includes(words)),
      }).toEqual({
        app: next.includes('totp' as never),
        recovery: next.includes('recovery-code' as never),
        passkey: has.passkey,
        first: next[0] === 'passkey',
        words: [has.passkey, has.passkey && has.app, has.passkey],
      })
      expect(page).toContain('href="/login/second-factor/recovery"')
    }
    if (!has.app) return
    const refused = await submit(visitor, { headers }, target, { fields: { recovery_code: 'x' } })
    expect([refused.status, refused.text.includes('name="code"')]).toEqual([422, next[0] === 'totp'])
    expect(refused.text).toContain(`action="${target.replaceAll('&', '&amp;')}"`)
  })
})

function noScriptOf(page: string): string {
  return /<noscript>(.*?)<\/noscript>/s.exec(page)?.[1] ?? ''
}
