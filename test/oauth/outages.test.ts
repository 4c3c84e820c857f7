import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultyD1 } from '../support/faulty-d1'
import {
  ask,
  codeFor,
  decide,
  exchange,
  granted,
  hidden,
  newClient,
  oauthService,
  postForm,
  RESOURCE,
  refresh,
  requestOf,
  type TestClient,
} from '../support/oauth'
import {
  decideDevice,
  enterCode,
  exchangeKey,
  introspect,
  machineTokens,
  newDeviceClient,
  pollDevice,
  postPage,
  revoke,
  startDevice,
} from '../support/oauth-machines'
import { openIdRequest, signedInAt, userInfo } from '../support/openid'
import { type Answer, type Person, send, signedInPerson } from '../support/person'
import { appOf, type OwnService, ownService } from '../support/service'

let ada: Person
let client: TestClient
let robot: TestClient
let tv: TestClient

beforeAll(async () => {
  ada = await signedInPerson({ mode: 'session', service: oauthService() })
  client = await newClient()
  robot = await newClient({ grants: ['client_credentials'], serves: RESOURCE })
  tv = await newDeviceClient()
})

/** Prepares a request with a database that works, and sends it to a service whose database may not. */
type Prepare = (service: OwnService) => Promise<(service: OwnService) => Promise<Answer>>

/** Starts a request of a device, and enters its code. */
async function enteredCode(service: OwnService) {
  const { body } = await startDevice(service, tv)
  return { body, page: await enterCode(service, ada, body.user_code) }
}

/** Makes an API key in a session of its own person. */
async function newKey(service: OwnService) {
  const person = await signedInPerson({ mode: 'session', service })
  const made = await person.post('/api-keys', API_KEY)
  if (made.status !== 201) throw new Error(made.text)
  return { person, id: made.body.api_key.id as string, secret: made.body.secret as string }
}

const API_KEY = { name: 'Backups', scope: 'notes:read', resource: RESOURCE }

/** Each route of an authorization server, asked for what it does. */
const ROUTES: Readonly<Record<string, Prepare>> = {
  'GET /oauth/authorize': async (service) => {
    await codeFor(service, ada, client)
    return (own) => ask(own, requestOf(client), ada)
  },
  'GET /oauth/resume': async (service) => {
    const waiting = await ask(service, requestOf(client))
    const login = new URL(waiting.headers.get('Location') ?? '', service.issuer)
    const Cookie = `${ada.headers.Cookie}; __Host-authorization=${waiting.cookies['__Host-authorization']}`
    return (own) => send(own, 'GET', login.searchParams.get('return_to') ?? '', { headers: { Cookie } })
  },
  'POST /oauth/consent': async (service) => {
    const page = await ask(service, requestOf(client, { prompt: 'consent' }), ada)
    return (own) => decide(own, ada, page)
  },
  'POST /oauth/token, code': async (service) => {
    const code = await codeFor(service, ada, client, openIdRequest())
    return (own) => exchange(own, client, code)
  },
  'POST /oauth/token, refresh': async (service) => {
    const { refresh_token } = await granted(service, ada, client)
    return (own) => refresh(own, client, refresh_token)
  },
  'POST /oauth/token, machine': async () => (own) => machineTokens(own, robot),
  'POST /oauth/token, device': async (service) => {
    const { body, page } = await enteredCode(service)
    await decideDevice(service, ada, page)
    return (own) => pollDevice(own, tv, body.device_code)
  },
  'POST /oauth/token, API key': async (service) => {
    const { secret } = await newKey(service)
    return (own) => exchangeKey(own, secret)
  },
  'GET /api-keys': async (service) => {
    const { headers } = await signedInPerson({ mode: 'session', service })
    return (own) => send(own, 'GET', '/api-keys', { headers })
  },
  'POST /api-keys': async (service) => {
    const { headers } = await signedInPerson({ mode: 'session', service })
    return (own) => send(own, 'POST', '/api-keys', { headers, body: API_KEY })
  },
  'POST /api-keys/:id/revoke': async (service) => {
    const { person, id } = await newKey(service)
    return (own) => send(own, 'POST', `/api-keys/${id}/revoke`, { headers: person.headers, body: {} })
  },
  'GET /account/api-keys': async (service) => {
    const { headers } = await signedInPerson({ mode: 'session', service })
    return (own) => send(own, 'GET', '/account/api-keys', { headers: { ...headers, Accept: 'text/html' } })
  },
  'GET /apps': async (service) => {
    const { headers } = await signedInPerson({ mode: 'session', service })
    return (own) => send(own, 'GET', '/apps', { headers })
  },
  'POST /apps/:id/disconnect': async (service) => {
    const person = await signedInPerson({ mode: 'session', service })
    await granted(service, person, client)
    const [{ id }] = (await person.get('/apps')).body.apps
    return (own) => send(own, 'POST', `/apps/${id}/disconnect`, { headers: person.headers, body: {} })
  },
  'POST /oauth/revoke': async (service) => {
    const { refresh_token } = await granted(service, ada, client)
    return (own) => revoke(own, client, refresh_token)
  },
  'POST /oauth/introspect': async (service) => {
    const { access_token } = await granted(service, ada, client)
    return (own) => introspect(own, robot, access_token)
  },
  'GET /oauth/userinfo': async (service) => {
    const { access_token } = await signedInAt(service, ada, client)
    return (own) => userInfo(own, access_token)
  },
  'POST /oauth/userinfo': async (service) => {
    const { access_token } = await signedInAt(service, ada, client)
    return (own) => userInfo(own, access_token, 'POST')
  },
  'POST /oauth/register': async () => (own) =>
    send(own, 'POST', '/oauth/register', { body: { redirect_uris: ['https://app.example/cb'] } }),
  'POST /oauth/device_authorization': async () => (own) => startDevice(own, tv),
  'POST /device': async (service) => {
    const { body } = await startDevice(service, tv)
    return (own) => enterCode(own, ada, body.user_code)
  },
  'POST /device/decide': async (service) => {
    const { page } = await enteredCode(service)
    return (own) => decideDevice(own, ada, page)
  },
  'GET /oauth/logout': async (service) => {
    const { headers } = await signedInPerson({ mode: 'session', service })
    return (own) => send(own, 'GET', `/oauth/logout?client_id=${client.id}`, { headers })
  },
  'POST /oauth/logout/confirm': async (service) => {
    const person = await signedInPerson({ mode: 'session', service })
    const page = await send(service, 'GET', '/oauth/logout', { headers: person.headers })
    const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id') }
    return (own) => postPage(own, person, '/oauth/logout/confirm', fields)
  },
}

/** Which answer without D1. The page of devices takes the copy of a session. */
const NEEDS_NOTHING: Readonly<Record<string, (service: OwnService) => Promise<Answer>>> = {
  'POST /oauth/authorize': (own) => postForm(own, '/oauth/authorize', Object.fromEntries(requestOf(client))),
  'GET /device': (own) => send(own, 'GET', '/device', { headers: { ...ada.headers, Accept: 'text/html' } }),
  'POST /oauth/logout': (own) => postForm(own, '/oauth/logout', { client_id: client.id }),
  'GET /.well-known/oauth-authorization-server': (own) =>
    send(own, 'GET', '/.well-known/oauth-authorization-server'),
  'GET /.well-known/openid-configuration': (own) => send(own, 'GET', '/.well-known/openid-configuration'),
}

it('asks every route that an authorization server adds', () => {
  const routesOf = (service: OwnService) =>
    appOf(service.services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`)
  const without = new Set(routesOf(ownService()))
  const added = new Set(routesOf(oauthService()).filter((route) => !without.has(route)))
  const asked = [...Object.keys(ROUTES), ...Object.keys(NEEDS_NOTHING)].map((name) => name.replace(/,.*/, ''))
  expect([...new Set(asked)].sort()).toEqual([...added].sort())
})

describe('while D1 is down', () => {
  it.each(Object.entries(ROUTES))('API-02: %s is 503, and hands nothing out', async (_, prepare) => {
    const act = await prepare(oauthService())
    const db = faultyD1(env.DB)
    const own = oauthService({ DB: db })
    db.fail()
    const answer = await act(own)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Location')).toBeNull()
    expect(answer.text).not.toMatch(/access_token|refresh_token|id_token|code=|jk_/)
  })

  it.each(Object.entries(NEEDS_NOTHING))('%s answers', async (_, act) => {
    const db = faultyD1(env.DB)
    const own = oauthService({ DB: db })
    db.fail()
    expect((await act(own)).status).toBeLessThan(400)
  })
})

/** Returns how many grants of the clients are live. */
async function liveGrants(): Promise<number> {
  const row = await env.DB.prepare(
    'SELECT count(*) AS live FROM sessions WHERE ended_at IS NULL AND client_id IN (?1, ?2)',
  )
    .bind(client.id, tv.id)
    .first<{ live: number }>()
  return row?.live ?? 0
}

describe.each(['not-done', 'answer-lost'] as const)('when one round trip fails (%s)', (how) => {
  it.each(Object.entries(ROUTES))(
    'API-02: %s, whichever it is, answers 503 or does what it says, and a repetition gives no second grant',
    async (_, prepare) => {
      for (let nth = 1; ; nth++) {
        const act = await prepare(oauthService())
        const db = faultyD1(env.DB)
        const own = oauthService({ DB: db })
        const before = await liveGrants()
        db.failNth(nth, how)
        const answer = await act(own)
        if (db.calls.length < nth) break
        db.recover()
        if (answer.status >= 400) expect(answer.status).toBe(503)
        const again = await act(own)
        // 401: a sign-out was done. 404: what was ended before is over.
        expect([200, 201, 204, 303, 400, 401, 403, 404, 409]).toContain(again.status)
        expect(await liveGrants()).toBeLessThanOrEqual(before + 1)
        expect(nth).toBeLessThan(10)
      }
    },
  )
})
