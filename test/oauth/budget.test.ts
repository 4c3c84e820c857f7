import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it, onTestFinished, vi } from 'vitest'
import { mintApiKey } from '../../src/oauth/api-key'
import { type Costs, countingService } from '../support/counting'
import {
  ask,
  codeFor,
  decide,
  exchange,
  granted,
  locationOf,
  newClient,
  OAUTH_SETTINGS,
  postForm,
  RESOURCE,
  refresh,
  requestOf,
} from '../support/oauth'
import {
  decideDevice,
  enterCode,
  exchangeKey,
  introspect,
  machineTokens,
  newDeviceClient,
  pollDevice,
  revoke,
  startDevice,
} from '../support/oauth-machines'
import { type OpenIdTokens, openIdRequest, signedInAt, userInfo } from '../support/openid'
import { type Answer, send, signedInPerson } from '../support/person'

const AFTER = 'https://app.example/bye'

/** Returns the costs, with zero for those that are not named. */
function costs(spent: Partial<Costs>): Costs {
  const free = { d1: 0, kvReads: 0, kvWrites: 0, kvDeletes: 0, hashes: 0, signatures: 0, verifications: 0 }
  return { ...free, ...spent }
}

it('revocation and introspection take one trip and one verification; a machine’s token one trip and one signature', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  const client = await newClient({ grants: ['authorization_code', 'client_credentials'], serves: RESOURCE })
  await service.services.signingKeys.signer()
  await service.services.restores.lastAt()
  const tokens = await granted(service, ada, client)
  const expectCosts = async (spent: Partial<Costs>, work: () => Promise<unknown>) =>
    expect(await costsOf(work)).toEqual(costs(spent))
  const own = { d1: 1, verifications: 1 }
  await expectCosts(own, () => introspect(service, client, tokens.access_token))
  await expectCosts({ d1: 1 }, () => introspect(service, client, tokens.refresh_token))
  await expectCosts({ d1: 1 }, () => introspect(service, client, 'x'))
  await expectCosts(own, () => revoke(service, client, tokens.access_token))
  await expectCosts({ d1: 1 }, () => revoke(service, client, tokens.refresh_token))
  await expectCosts({ d1: 1, signatures: 1 }, () => machineTokens(service, client))
})

it('a machine that signs in place of a secret takes two trips more: its keys, and the use of the assertion', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k' }]
  const robot = await newClient({
    redirectUris: [],
    grants: ['client_credentials'],
    jwks: JSON.stringify({ keys }),
  })
  await service.services.signingKeys.signer()
  const now = Math.floor(Date.now() / 1000)
  const names = { iss: robot.id, sub: robot.id, aud: service.issuer }
  const assertion = await new SignJWT({ ...names, jti: crypto.randomUUID(), exp: now + 60 })
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(privateKey)
  const spent = await costsOf(async () => {
    const { status } = await postForm(service, '/oauth/token', {
      grant_type: 'client_credentials',
      resource: RESOURCE,
      scope: 'notes:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    expect(status).toBe(200)
  })
  expect(spent).toEqual(costs({ d1: 3, signatures: 1, verifications: 1 }))
})

it('the exchange of an API key takes one trip and one signature, and a text that can be no key nothing', async () => {
  const { service, costsOf, rowsOf } = countingService(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  await service.services.signingKeys.signer()
  const body = { name: 'Backups', scope: 'notes:read', resource: RESOURCE }
  const made: Answer[] = []
  const spent = await costsOf(async () => made.push(await ada.post('/api-keys', body)))
  expect(spent).toEqual(costs({ d1: 2, kvReads: 1 }))
  const [answer] = made
  if (!answer) throw new Error('Nothing was answered')
  const { api_key, secret } = answer.body
  for (const _ of ['the first of the day', 'another'])
    expect(await costsOf(() => exchangeKey(service, secret))).toEqual(costs({ d1: 1, signatures: 1 }))
  // Noon, far from the end of the day. Only the first use of a day writes.
  service.ahead = 129_600 - (Math.floor(Date.now() / 1000) % 86_400)
  expect((await rowsOf(() => exchangeKey(service, secret))).rowsWritten).toBeGreaterThan(0)
  expect((await rowsOf(() => exchangeKey(service, secret))).rowsWritten).toBe(0)
  service.ahead = 0
  expect(await costsOf(() => exchangeKey(service, mintApiKey()))).toEqual(costs({ d1: 1 }))
  expect(await costsOf(() => exchangeKey(service, `${secret}x`))).toEqual(costs({}))
  expect(await costsOf(() => ada.get('/api-keys'))).toEqual(costs({ d1: 2, kvReads: 1 }))
  expect(await costsOf(() => ada.get('/apps'))).toEqual(costs({ d1: 2, kvReads: 1 }))
  expect(await costsOf(() => ada.post(`/api-keys/${api_key.id}/revoke`))).toEqual(
    costs({ d1: 2, kvReads: 1 }),
  )
})

it('a device takes one trip to start, to ask and to be allowed', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  const tv = await newDeviceClient()
  await service.services.signingKeys.signer()
  await service.services.providerPart?.idTokens.ready()
  const answers: Answer[] = []
  const expectCosts = async (spent: Partial<Costs>, work: () => Promise<Answer>): Promise<Answer> => {
    expect(await costsOf(async () => answers.push(await work()))).toEqual(costs(spent))
    const answer = answers.at(-1)
    if (!answer) throw new Error('Nothing was answered')
    return answer
  }
  const { body } = await expectCosts({ d1: 1 }, () => startDevice(service, tv))
  await expectCosts({ d1: 1 }, () => pollDevice(service, tv, body.device_code))
  const page = await expectCosts({ d1: 1, kvReads: 1 }, () => enterCode(service, ada, body.user_code))
  await expectCosts({ d1: 1, kvReads: 1 }, () => decideDevice(service, ada, page))
  await expectCosts({ d1: 1, signatures: 1 }, () => pollDevice(service, tv, body.device_code))
})

it('authorize and consent take at most two trips; a code and a refresh one, with one signature each', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  const client = await newClient()
  // Each isolate loads them once in five minutes.
  await service.services.signingKeys.signer()
  await service.services.providerPart?.idTokens.ready()

  async function answered(spent: Partial<Costs>, work: () => Promise<Answer>): Promise<Answer> {
    const answers: Answer[] = []
    expect(await costsOf(async () => answers.push(await work()))).toEqual(costs(spent))
    const [answer] = answers
    if (!answer) throw new Error('Nothing was answered')
    return answer
  }
  await answered({ d1: 1 }, () => ask(service, requestOf(client)))
  const page = await answered({ d1: 1, kvReads: 1 }, () => ask(service, requestOf(client), ada))
  // Minutes may have passed since the question: its client and its sign-in are looked at again.
  await answered({ d1: 2, kvReads: 1 }, () => decide(service, ada, page))
  const allowed = await answered({ d1: 2, kvReads: 1 }, () => ask(service, requestOf(client), ada))
  const code = locationOf(allowed).searchParams.get('code') ?? ''
  const { body } = await answered({ d1: 1, signatures: 1 }, () => exchange(service, client, code))
  await answered({ d1: 1, signatures: 1 }, () => refresh(service, client, body.refresh_token))
  await answered({ d1: 1 }, () => exchange(service, client, 'x'))
  await answered({}, () => send(service, 'GET', '/.well-known/oauth-authorization-server'))
})

it('OpenID Connect adds no trip: a code and a refresh take one and two signatures, UserInfo one and a verification', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const ada = await signedInPerson({ mode: 'session', service })
  const told = { sector: null, postLogoutRedirectUris: [], backChannelLogoutUri: null }
  const client = await newClient({ openId: { ...told, idTokenAlg: 'ES256' } })
  await service.services.signingKeys.signer()
  // The first ID token makes the key.
  await signedInAt(service, ada, client)
  const request = openIdRequest({ scope: 'openid email' })
  const code = await codeFor(service, ada, client, request)
  let tokens: OpenIdTokens | undefined
  expect(
    await costsOf(async () => {
      tokens = (await exchange(service, client, code)).body
    }),
  ).toEqual(costs({ d1: 1, signatures: 2 }))
  const { access_token = '', refresh_token = '', id_token = '' } = tokens ?? {}
  expect(await costsOf(() => refresh(service, client, refresh_token))).toEqual(
    costs({ d1: 1, signatures: 2 }),
  )
  expect(await costsOf(() => userInfo(service, access_token))).toEqual(costs({ d1: 1, verifications: 1 }))
  expect(await costsOf(() => userInfo(service, id_token))).toEqual(costs({}))
  expect(await costsOf(() => send(service, 'GET', '/.well-known/openid-configuration'))).toEqual(costs({}))
})

it('OP-16: a sign-out that an app asks for takes one trip to decide, one to end the session, and behind the answer one, and one for each app that is told', async () => {
  const { service, costsOf } = countingService(OAUTH_SETTINGS)
  const openId = { idTokenAlg: 'ES256', sector: null, postLogoutRedirectUris: [AFTER] }
  const told = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response())
  onTestFinished(() => told.mockRestore())
  async function signedOut(backChannelLogoutUri: string | null, hint: boolean): Promise<Costs> {
    const ada = await signedInPerson({ mode: 'session', service })
    const client = await newClient({ openId: { ...openId, backChannelLogoutUri } })
    const { id_token } = await signedInAt(service, ada, client)
    const parameters = new URLSearchParams({
      ...(hint ? { id_token_hint: id_token } : {}),
      client_id: client.id,
      post_logout_redirect_uri: AFTER,
    })
    return costsOf(async () => {
      const headers = { ...ada.headers, Accept: 'text/html', 'Sec-Fetch-Site': 'cross-site' }
      const answer = await send(service, 'GET', `/oauth/logout?${parameters}`, { headers })
      expect(answer.status).toBe(hint ? 303 : 200)
    })
  }
  // Of these trips the last is behind the answer: it asks who waits to be told.
  const ends = { kvReads: 1, kvDeletes: 1, verifications: 1 }
  expect(await signedOut(null, true)).toEqual(costs({ ...ends, d1: 3 }))
  const tells = await signedOut('https://app.example/told', true)
  expect(tells).toEqual(costs({ ...ends, d1: 4, signatures: 1 }))
  expect(await signedOut(null, false)).toEqual(costs({ d1: 1, kvReads: 1 }))
})
