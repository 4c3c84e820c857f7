import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { postEndlessForm } from '../support/endless-form'
import { ask, hidden, locationOf, oauthService, postForm, requestOf, type TestClient } from '../support/oauth'
import { AFTER, endSession, listeningClient, openIdRequest, signedInAt } from '../support/openid'
import {
  type Answer,
  expectProblem,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from '../support/person'
import type { OwnService } from '../support/service'

let service: OwnService
let client: TestClient
let person: Person
let idToken: string

beforeAll(async () => {
  service = oauthService()
  client = await listeningClient({ uri: null })
})

beforeEach(async () => {
  person = await signedInPerson({ mode: 'session', service })
  idToken = (await signedInAt(service, person, client)).id_token
})

async function isSignedIn(who: Person): Promise<boolean> {
  return (await who.get('/me')).status === 200
}

describe('OP-16: RP-initiated logout, as the conformance suite asks for it', () => {
  it('Discovery: the metadata has the endpoint', async () => {
    const { body } = await send(service, 'GET', '/.well-known/openid-configuration')
    expect(body.end_session_endpoint).toBe(`${service.issuer}/oauth/logout`)
  })

  it('happy: with a hint of the person the session ends, and the browser is led to the client with its state', async () => {
    const answer = await endSession(
      service,
      { id_token_hint: idToken, post_logout_redirect_uri: AFTER, state: 's 1' },
      person,
    )
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, `${AFTER}&state=s+1`])
    expect(answer.cookies).toMatchObject({ '__Host-session': '' })
    expect(await isSignedIn(person)).toBe(false)
  })

  it('happy: also where the hint has expired, and by POST', async () => {
    service.ahead = 7200
    onTestFinished(() => {
      service.ahead = 0
    })
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: AFTER }
    const posted = await postForm(service, '/oauth/logout', fields, { 'Sec-Fetch-Site': 'cross-site' })
    expect(posted.status).toBe(303)
    const { pathname, search } = locationOf(posted)
    const answer = await send(service, 'GET', `${pathname}${search}`, { headers: person.headers })
    expect(answer.headers.get('Location')).toBe(AFTER)
    expect(await isSignedIn(person)).toBe(false)
  })

  it.each([
    ['BadLogoutRedirectUri', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['QueryAddedToLogoutRedirectUri', { post_logout_redirect_uri: `${AFTER}&foo=bar` }],
    ['another case', { post_logout_redirect_uri: AFTER.replace('app', 'APP') }],
    ['a redirect URI of the sign-in', { post_logout_redirect_uri: 'https://app.example/cb' }],
    ['another client_id', { client_id: `c_${'x'.repeat(22)}` }],
  ])('INC-28: %s: is refused on a page, and nobody is signed out or led anywhere', async (_, parameters) => {
    const answer = await endSession(service, { id_token_hint: idToken, ...parameters }, person)
    expectPage(answer, 400)
    expect(await isSignedIn(person)).toBe(true)
  })

  it('ModifiedIdTokenHint, BadIdTokenHint: counts as none, whatever is wrong: the person is asked, and led nowhere by it', async () => {
    const [header = '', body = '', signature = ''] = idToken.split('.')
    const none = btoa(JSON.stringify({ alg: 'none' })).replaceAll('=', '')
    const { access_token } = await signedInAt(service, person, client)
    const hints = [
      `${header}.${body}.${signature.slice(0, -4)}AAAA`,
      `${header}.${body.slice(0, -2)}AA.${signature}`,
      `${none}.${body}.`,
      access_token,
      'x',
      '',
    ]
    for (const hint of hints) {
      const parameters = { id_token_hint: hint, post_logout_redirect_uri: AFTER }
      const page = await endSession(service, parameters, person)
      expectPage(page, 200)
      expect(page.text).toContain(person.email)
      const named = { ...parameters, client_id: client.id }
      expectPage(await endSession(service, named, person), 200)
      expectPage(
        await endSession(service, { ...named, post_logout_redirect_uri: 'https://evil.example/' }, person),
        400,
      )
      expectPage(await endSession(service, parameters), 200)
    }
    expect(await isSignedIn(person)).toBe(true)
    const page = await endSession(service, { id_token_hint: 'x', post_logout_redirect_uri: AFTER }, person)
    const done = await confirm(page, person)
    expectPage(done, 200)
    expect(done.headers.get('Refresh')).toBeNull()
    expect(await isSignedIn(person)).toBe(false)
  })

  it('with client_id beside a hint that does not verify the person is asked, and then led to the client', async () => {
    const parameters = { id_token_hint: 'x', client_id: client.id, post_logout_redirect_uri: AFTER }
    const page = await endSession(service, parameters, person)
    expectPage(page, 200)
    expect(await isSignedIn(person)).toBe(true)
    const done = await confirm(page, person)
    expect(done.headers.get('Refresh')).toBe(`0;url=${AFTER}`)
    expect(await isSignedIn(person)).toBe(false)
  })

  it.each([
    ['NoIdTokenHint', { post_logout_redirect_uri: AFTER, state: 's' }],
    ['NoParams', {}],
    ['OnlyState', { state: 's' }],
  ])('%s: the person is asked, and led nowhere afterwards', async (_, parameters) => {
    const page = await endSession(service, parameters as Record<string, string>, person)
    expectPage(page, 200)
    expect(page.text).toContain(person.email)
    expect(await isSignedIn(person)).toBe(true)
    const done = await confirm(page, person)
    expectPage(done, 200)
    expect(done.headers.get('Refresh')).toBeNull()
    expect(await isSignedIn(person)).toBe(false)
  })

  it('NoPostLogoutRedirectUri: the session ends, and a page says so', async () => {
    expectPage(await endSession(service, { id_token_hint: idToken, state: 's' }, person), 200)
    expect(await isSignedIn(person)).toBe(false)
  })

  it('NoState: the browser is led to the URI as it is registered', async () => {
    const answer = await endSession(
      service,
      { id_token_hint: idToken, post_logout_redirect_uri: AFTER },
      person,
    )
    expect(answer.headers.get('Location')).toBe(AFTER)
  })

  it('with client_id in place of a hint the person is asked, and then led to the client', async () => {
    const page = await endSession(
      service,
      { client_id: client.id, post_logout_redirect_uri: AFTER, state: 's' },
      person,
    )
    expectPage(page, 200)
    const done = await confirm(page, person)
    expect(done.headers.get('Refresh')).toBe(`0;url=${AFTER}&state=s`)
    expect(await isSignedIn(person)).toBe(false)
    const over = await endSession(service, { client_id: client.id, post_logout_redirect_uri: AFTER })
    expect(over.headers.get('Location')).toBe(AFTER)
  })

  it('a hint about somebody else signs nobody out unasked, and an answer is of who was asked', async () => {
    const eve = await signedInPerson({ mode: 'session', service })
    const page = await endSession(service, { id_token_hint: idToken, post_logout_redirect_uri: AFTER }, eve)
    expectPage(page, 200)
    expect(page.text).toContain(eve.email)
    expect((await confirm(page, person)).text).not.toContain(AFTER)
    expect([await isSignedIn(eve), await isSignedIn(person)]).toEqual([true, true])
    const foreign = { 'Sec-Fetch-Site': 'cross-site' }
    const fields = { request: hidden(page, 'request') }
    expectProblem(
      await postForm(service, '/oauth/logout/confirm', fields, { ...foreign, ...eve.headers }),
      403,
      'cross-site-request',
    )
    expect(await isSignedIn(eve)).toBe(true)
  })

  it('a form is read no further than it may be long', async () => {
    const [status, read] = await postEndlessForm(service, '/oauth/logout')
    expect(status).toBe(400)
    expect(read).toBeLessThan(20)
  })

  it('a parameter comes once', async () => {
    const twice = `id_token_hint=${idToken}&state=a&state=b`
    expect((await send(service, 'GET', `/oauth/logout?${twice}`, { headers: person.headers })).status).toBe(
      400,
    )
  })
})

const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' }

function confirm(page: Answer, who: Pick<SignedIn, 'headers'>): Promise<Answer> {
  const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id') }
  return postForm(service, '/oauth/logout/confirm', fields, { ...browser, ...who.headers })
}

function expectPage(answer: Answer, status: number): void {
  expect([answer.status, answer.headers.get('Location')]).toEqual([status, null])
}

it('after a sign-out the client is answered login_required', async () => {
  await endSession(service, { id_token_hint: idToken }, person)
  const answer = await ask(service, requestOf(client, openIdRequest({ prompt: 'none' })), person)
  expect(locationOf(answer).searchParams.get('error')).toBe('login_required')
})
