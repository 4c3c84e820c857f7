import { env } from 'cloudflare:workers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { createAdmin } from '../../src/wiring/create-admin'
import { documentClient, documentOf, type Host, hostOf } from './documents'
import { enrolApp, enrolPasskey } from './enrolment'
import { provenPerson } from './links'
import { type MailingService, mailingService } from './mail'
import { ACCOUNT_KINDS, askForLink, registerForLink, useLink } from './mailed-links'
import {
  ask,
  decide,
  exchange,
  granted,
  hidden,
  locationOf,
  newClient,
  OAUTH_SETTINGS,
  postForm,
  RESOURCE,
  refresh,
  requestOf,
} from './oauth'
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
} from './oauth-machines'
import { signedInAt, userInfo } from './openid'
import {
  addPasskey,
  answerChallenge,
  NATIVE_APPS,
  signInWithPasskey,
  stepByPasskey,
  stepUpByPasskey,
} from './passkeys'
import {
  clientOf,
  deviceOf,
  newEmail,
  PASSWORD,
  type Person,
  type SignedIn,
  send,
  signedInPerson,
} from './person'
import {
  addIdentity,
  atGitHub,
  linkIn,
  newBrowser,
  newSubject,
  offerFor,
  playedBy,
  postedByApple,
  SOCIAL_SETTINGS,
  type SocialService,
  signInAt,
  standIn,
  tokenSignIn,
} from './providers'
import {
  codeOf,
  firstStep,
  pendingOf,
  personWithTotp,
  secondFactorsOf,
  secondStep,
  wrongCode,
} from './second-factor'
import { appOf } from './service'

const MODES = ['session', 'token'] as const
const DAY = 24 * 60 * 60

/** A Janus with every route there is: it mails, and its playground is on. */
export interface WholeService extends SocialService {
  /** Answers whatever the authorization server asks or tells apps. */
  readonly host: Host
  /** `METHOD path` of every route, as registered. */
  readonly routes: readonly string[]
  /** Those that have answered, and not with a refusal. */
  readonly answered: ReadonlySet<string>
}

export function wholeService(settings: Readonly<Record<string, unknown>>): WholeService {
  const provider = standIn()
  const { host, createProvider } = hostOf({})
  const service: MailingService = mailingService(
    {
      ISSUER: 'http://localhost:8787',
      PLAYGROUND: 'on',
      ...SOCIAL_SETTINGS,
      ...OAUTH_SETTINGS,
      ...NATIVE_APPS,
      ...settings,
    },
    { ...playedBy(provider), createProvider },
    {
      onEvent() {
        if (service.eventsFail) throw new Error('The app is away')
      },
    },
  )
  const { fetch } = service
  const registered = appOf(service.services).routes.filter(({ method }) => method !== 'ALL')
  const routes = [...new Set(registered.map(({ method, path }) => `${method} ${path}`))]
  const answered = new Set<string>()

  /** A route without a parameter is more exact than one with. */
  function routeOf({ method, url }: Request): string | undefined {
    const asked = `${method} ${new URL(url).pathname}`
    const matches = (route: string) => new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(asked)
    return routes.find((route) => route === asked) ?? routes.find(matches)
  }

  return Object.assign(service, {
    provider,
    host,
    routes,
    answered,
    async fetch(request: Request) {
      const waiting = await countWaitingMail()
      const response = await fetch(request)
      // What a request queues is sent behind its response. Left to the sweep, it comes a minute late.
      expect(await countWaitingMail(), `queued by ${request.method} ${request.url}`).toBe(waiting)
      const route = routeOf(request)
      if (route !== undefined && response.status < 400) answered.add(route)
      return response
    },
  })
}

/** Counts what was queued and not sent. A reminder waits for its time. */
function countWaitingMail(): Promise<number | null> {
  return env.DB.prepare(
    "SELECT count(*) AS mails FROM outbox WHERE attempts = 0 AND kind <> 'second-factor-recovery-soon'",
  ).first<number>('mails')
}

/**
 * Does everything that Janus can be asked to do and everything it does by itself, in both modes, with what is refused, too.
 *
 * @param open Where people register and are signed in at once.
 * @param verified Where they prove their addresses first; on the same storage.
 * @param dearer Where a password costs more; on the same storage.
 */
export async function doEverything(open: WholeService, verified: WholeService, dearer: WholeService) {
  for (const mode of MODES) {
    const ada = await signedInPerson({ mode, service: open })
    await signInAndBeRefused(open, ada, dearer)
    await lookAtEverything(open, ada)
    await useSessions(open, ada)
    await useMail(open, verified, ada)
    await useSecondFactor(open, mode)
    await useEnrolment(open, await provenPerson(open, mode))
    await usePasskeys(open, mode)
    await useIdentities(open, verified, mode)
    await administer(open, mode)
    await endEverything(ada)
  }
  await giveAppsTokens(open)
  await workInTheBackground(open)
}

async function signInAndBeRefused(open: WholeService, ada: Person, dearer: WholeService): Promise<void> {
  const { mode, email } = ada
  await ada.signIn({ service: dearer })
  // With the credential of a session that the new one takes the place of.
  const presented = { headers: ada.headers, body: { email, password: PASSWORD, mode } }
  const again = await ada.signIn()
  expect((await send(open, 'POST', '/login', { ...presented, headers: again.headers })).status).toBe(200)
  expect(
    (await send(open, 'POST', '/register', { body: { email, password: `not ${PASSWORD}` } })).status,
  ).toBe(409)
  for (let attempt = 0; attempt < 12; attempt++) {
    await send(open, 'POST', '/login', { body: { email, password: 'not the password at all' } })
  }
  await env.DB.prepare('DELETE FROM budgets').run()
  await send(open, 'POST', '/login', { body: { email: newEmail(), password: PASSWORD } })
  // On a device: a success, and a failure.
  const device_token = deviceOf(ada)
  for (const password of [PASSWORD, 'not the password at all']) {
    await send(open, 'POST', '/login', { body: { email, password, mode, device_token } })
  }
}

/** Calls the operations of an admin page. */
async function administer(open: WholeService, mode: Mode): Promise<void> {
  const role = 'support'
  const grace = await signedInPerson({ mode, service: open })
  await env.DB.prepare('UPDATE users SET roles = ?1 WHERE id = ?2').bind(`["${role}"]`, grace.userId).run()
  const { sessionId } = await grace.signIn()
  const by = { userId: grace.userId, sessionId, mode }
  const admin = createAdmin({ services: open.services }, { role })
  const { userId: id, email } = (await personWithTotp(mode, open)).person
  const invited = newEmail()
  const answers = [
    await admin.list(by, { prefix: email.slice(0, 8), limit: 1 }),
    await admin.list(by, { prefix: email.slice(0, 8), after: email }),
    await admin.show(by, email),
    await admin.export(by, id),
    await admin.removeSecondFactor(by, id),
    await admin.setRoles(by, id, [role]),
    await admin.endSessions(by, id),
    await admin.disable(by, id),
    await admin.enable(by, id),
    await admin.delete(by, id),
    await admin.invite(by, { email: invited }),
    await admin.invite(by, { email: invited, mail: false }),
  ]
  expect(answers.map(({ ok }) => ok)).toEqual(answers.map(() => true))
  const last = await grace.signIn()
  expect((await last.post('/me/delete', { password: PASSWORD })).status).toBe(204)
}

async function lookAtEverything(open: WholeService, ada: Person): Promise<void> {
  for (const route of open.routes.filter((name) => name.startsWith('GET '))) {
    const path = route
      .slice('GET '.length)
      .replace('/sessions/:id', `/sessions/${ada.sessionId}`)
      .replace(':code', 'not-found')
      .replace('/playground/assets/:file', '/playground/assets/playground.css')
      .replace(':file', 'janus.css')
      .replace('/mail-sent', '/mail-sent?for=link')
    for (const Accept of ['application/json', 'text/html']) {
      await send(open, 'GET', path, { headers: { ...ada.headers, Accept } })
    }
  }
  await send(open, 'POST', '/login/other', { body: { to: '/register', email: ada.email } })
  await ada.get(`/sessions?cursor=1000.${ada.sessionId}`)
  await ada.get('/me/activity?cursor=1000')
  await ada.patch('/me', { name: 'Ada' })
  await open.callers.setMetadata({ userId: ada.userId }, { app_metadata: { plan: 'free' } })
  await ada.post('/me', { name: 'Ada Lovelace' })
}

async function useSessions(open: WholeService, ada: Person): Promise<void> {
  const { mode } = ada
  const headers = new Headers(ada.headers)
  expect(await open.callers.authenticate(headers, 'GET')).toMatchObject({ ok: true })
  expect(await open.callers.requireLive(headers, 'GET')).toMatchObject({ ok: true })
  await open.callers.endSession((await ada.signIn()).sessionId)
  if (mode === 'session') {
    // A copy that KV has lost, and a session whose idle time is half over.
    await env.SESSIONS.delete(`session:${ada.sessionId}`)
    await ada.get('/me')
    open.ahead = 4 * DAY
    await ada.get('/me')
    open.ahead = 0
  } else {
    const { refreshToken } = await ada.signIn()
    const refresh = (refresh_token: string) => send(open, 'POST', '/refresh', { body: { refresh_token } })
    const rotated = await refresh(refreshToken)
    await refresh(refreshToken)
    await refresh(rotated.body.refresh_token)
    await refresh(refreshToken)
  }
  await ada.delete(`/devices/${deviceOf(await ada.signIn()).slice(0, 22)}`)
  await ada.post(`/devices/${deviceOf(await ada.signIn()).slice(0, 22)}/forget`)
  await ada.delete(`/sessions/${(await ada.signIn()).sessionId}`)
  await ada.post(`/sessions/${(await ada.signIn()).sessionId}/end`)
}

/** Sets factors up in sign-ins, while they are required, and loses them. */
async function useEnrolment(open: WholeService, { email, mode }: Person): Promise<void> {
  const signInByLink = async () => {
    const asked = await send(open, 'POST', '/login/link', { body: { email } })
    const body = { token: open.tokenFor(email), binding: asked.body.binding, mode }
    return send(open, 'POST', '/login/link/confirm', { body })
  }
  const { config } = open.services
  Object.assign(config, { secondFactor: 'required' })
  const byApp = await enrolApp(open, pendingOf(await signInByLink()))
  const withApp = clientOf(open, mode, byApp)
  Object.assign(config, { secondFactor: 'optional' })
  const path = '/login/second-factor/recovery'
  for (const way of ['link', 'account']) {
    const pending = pendingOf(await signInByLink())
    await send(open, 'POST', path, { headers: pending.headers, body: pending.body })
    const token = open.tokenFor(email)
    if (way === 'link') await send(open, 'POST', `${path}/cancel`, { body: { token } })
    else await withApp.post('/me/second-factor/recovery/cancel', {})
  }
  const pending = pendingOf(await signInByLink())
  await send(open, 'POST', path, { headers: pending.headers, body: pending.body })
  open.ahead = 4 * DAY
  await open.sweep()
  open.ahead = 0
  Object.assign(config, { secondFactor: 'required' })
  expect((await enrolPasskey(open, pendingOf(await signInByLink()))).answer.status).toBe(200)
  Object.assign(config, { secondFactor: 'optional' })
}

async function useSecondFactor(open: WholeService, mode: Person['mode']): Promise<void> {
  const { person, session, seed, recoveryCodes } = await personWithTotp(mode, open)
  const { totpSeeds, secondFactors } = secondFactorsOf(open)
  const sealed = await totpSeeds.seal(person.userId, seed)
  await secondFactors.reseal(person.userId, sealed, sealed)
  await session.get('/me/second-factor')
  const page = await send(open, 'GET', '/login/second-factor', { headers: { Accept: 'text/html' } })
  expect(page.status).toBe(200)
  const pending = await firstStep(person)
  expect((await secondStep(person, pending, { code: await wrongCode(person) })).status).toBe(401)
  expect((await secondStep(person, pending, { code: await codeOf(person) })).status).toBe(200)
  expect((await secondStep(person, pending, { code: await codeOf(person) })).status).toBe(401)
  const [recovery_code] = recoveryCodes
  expect((await secondStep(person, await firstStep(person), { recovery_code })).status).toBe(200)
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1').bind(person.userId).run()
  const { body } = await send(open, 'POST', '/login/link', { body: { email: person.email } })
  const link = { token: open.tokenFor(person.email), binding: body.binding, mode }
  expect((await send(open, 'POST', '/login/link/confirm', { body: link })).body.next).toContain('totp')
  const byFactor = '/reauthenticate/second-factor'
  expect((await session.post(byFactor, { code: await wrongCode(person) })).status).toBe(401)
  const again = await session.post(byFactor, { recovery_code: recoveryCodes[1] })
  expect(again.status, again.text).toBe(200)
  const renewed = { ...clientOf(open, mode, again), refreshToken: session.refreshToken }
  const { soft } = await addPasskey(renewed)
  expect((await stepByPasskey(open, await firstStep(person), soft)).status).toBe(200)
  expect((await renewed.post('/me/recovery-codes', {})).status).toBe(200)
  expect((await renewed.post('/me/second-factor/remove', {})).status).toBe(200)
  await open.sweep()
}

async function usePasskeys(open: WholeService, mode: Person['mode']): Promise<void> {
  const person = await signedInPerson({ mode, service: open })
  const { id, soft } = await addPasskey(person)
  const used = await answerChallenge(open, soft)
  expect((await send(open, 'POST', '/login/passkey', { body: { ...used, mode } })).status).toBe(200)
  expect((await send(open, 'POST', '/login/passkey', { body: { ...used, mode } })).status).toBe(400)
  const signedIn = clientOf(open, mode, await signInWithPasskey(open, soft, { mode }))
  expect((await signedIn.get('/passkeys')).body.passkeys).toHaveLength(1)
  expect((await signedIn.get('/reauthenticate')).body.next).toEqual(['passkey'])
  const proven = await stepUpByPasskey(signedIn, soft)
  expect(proven.status, proven.text).toBe(200)
  await removePasskey(clientOf(open, mode, proven), id)
  const byPassword = await person.post('/reauthenticate', { password: PASSWORD })
  expect(byPassword.status, byPassword.text).toBe(200)
}

async function removePasskey(signedIn: SignedIn, id: string): Promise<void> {
  expect((await signedIn.post(`/passkeys/${id}/rename`, { name: 'Key' })).status).toBeLessThan(300)
  expect((await signedIn.post(`/passkeys/${id}/remove`, {})).status).toBeLessThan(300)
}

async function useIdentities(
  open: WholeService,
  verified: WholeService,
  mode: Person['mode'],
): Promise<void> {
  const subject = newSubject()
  expect((await send(open, 'GET', '/login/social')).body.providers).toHaveLength(5)
  for (const service of [open, verified]) {
    for (const _ of ['the first time', 'the second']) {
      expect((await signInAt(service, newBrowser(service), { subject })).status).toBe(303)
      expect((await (await tokenSignIn(service, { subject })).confirm()).status).toBeLessThan(300)
    }
  }
  const person = await signedInPerson({ mode, service: open })
  const id = await addIdentity(open, person)
  expect((await linkIn(open, person)).status).toBeLessThan(400)
  const browser = newBrowser(open)
  await signInAt(open, browser, atGitHub(person.email))
  expect((await browser.request('GET', '/login/connect')).status).toBe(200)
  expect(
    (await person.post('/identities/connect', { offer: await offerFor(open, person.email) })).status,
  ).toBe(204)
  expect((await person.post(`/identities/${id}/remove`)).status).toBe(204)
  await signInAt(open, newBrowser(open), { subject: { ...newSubject(), email: newEmail() } })
  expect((await postedByApple(open, newBrowser(open), { subject })).status).toBe(303)
  const protectedPerson = await personWithTotp(mode, open)
  const other = newSubject()
  await linkIn(open, { ...protectedPerson.person, ...protectedPerson.session }, { subject: other })
  expect((await (await tokenSignIn(open, { subject: other })).confirm()).body.next).toContain('totp')
}

/** Signs in at apps by OpenID Connect and out again: at one that cannot be told, and at one that is no longer told. */
async function signInAtApps(open: WholeService): Promise<void> {
  const openId = { idTokenAlg: 'ES256', sector: 'app.example', postLogoutRedirectUris: [] }
  const app = await newClient({ openId: { ...openId, backChannelLogoutUri: 'http://127.0.0.1:9/told' } })
  const first = await signedInPerson({ mode: 'session', service: open })
  const { access_token } = await signedInAt(open, first, app)
  for (const method of ['GET', 'POST']) expect((await userInfo(open, access_token, method)).status).toBe(200)
  expect((await postForm(open, '/oauth/logout', { client_id: app.id })).status).toBe(303)
  const page = await send(open, 'GET', '/oauth/logout', { headers: first.headers })
  const fields = { request: hidden(page, 'request'), account_id: hidden(page, 'account_id') }
  const browser = { Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', ...first.headers }
  expect((await postForm(open, '/oauth/logout/confirm', fields, browser)).status).toBe(200)

  const second = await signedInPerson({ mode: 'session', service: open })
  await signedInAt(open, second, app)
  await second.post('/logout')
  await env.DB.prepare('UPDATE oauth_clients SET back_channel_logout_uri = NULL WHERE id = ?1')
    .bind(app.id)
    .run()
  await open.sweep()
}

/** Has a machine prove by a key who it is. */
async function proveByKey(open: WholeService): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'first' }] })
  const robot = await newClient({ redirectUris: [], grants: ['client_credentials'], jwks })
  const assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'first' })
    .setIssuer(robot.id)
    .setSubject(robot.id)
    .setAudience(open.issuer)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(privateKey)
  const proof = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
  const wanted = { grant_type: 'client_credentials', resource: RESOURCE, scope: 'notes:read' }
  expect((await postForm(open, '/oauth/token', { ...wanted, ...proof })).status).toBe(200)
}

/** Makes API keys, and disconnects an app. */
async function useApiKeys(open: WholeService): Promise<void> {
  const person = await signedInPerson({ mode: 'token', service: open })
  const made = await person.post('/api-keys', { name: 'Backups', scope: 'notes:read', resource: RESOURCE })
  expect(made.status, made.text).toBe(201)
  const { api_key, secret } = made.body
  expect((await exchangeKey(open, secret)).status).toBe(200)
  expect((await exchangeKey(open, secret, { scope: 'notes:write' })).status).toBe(400)
  expect((await person.get('/api-keys')).body.api_keys).toHaveLength(1)
  expect((await person.post('/api-keys', { name: '', scope: 'x' })).status).toBe(422)
  expect((await person.post(`/api-keys/${api_key.id}/revoke`)).status).toBe(204)
  expect((await person.post(`/api-keys/${api_key.id}/revoke`)).status).toBe(404)
  const browser = await signedInPerson({ mode: 'session', service: open })
  await granted(open, browser, await newClient())
  const [app] = (await browser.get('/apps')).body.apps
  expect((await browser.post(`/apps/${app.id}/disconnect`)).status).toBe(204)
  const headers = { ...browser.headers, Accept: 'text/html' }
  expect((await send(open, 'GET', '/account/api-keys', { headers })).status).toBe(200)
}

async function giveAppsTokens(open: WholeService): Promise<void> {
  open.host.isDown = true
  await signInAtApps(open)
  const person = await signedInPerson({ mode: 'session', service: open })
  const described = documentClient()
  expect((await ask(open, requestOf(described), person)).status).toBe(400)
  Object.assign(open.host, { isDown: false, document: documentOf(described) })
  expect((await ask(open, requestOf(described), person)).status).toBe(200)
  // What its host says is of another app.
  expect((await ask(open, requestOf(documentClient()), person)).status).toBe(400)
  await proveByKey(open)
  await useApiKeys(open)
  const client = await newClient()
  await send(open, 'GET', '/.well-known/oauth-authorization-server')
  const app = { redirect_uris: ['https://app.example/cb'] }
  expect((await send(open, 'POST', '/oauth/register', { body: app })).status).toBe(201)
  await postForm(open, '/oauth/authorize', Object.fromEntries(requestOf(client)))
  const waiting = await ask(open, requestOf(client))
  const [cookie] = Object.entries(waiting.cookies)
  const resume = locationOf(waiting).searchParams.get('return_to') ?? ''
  const headers = { Cookie: `${person.headers.Cookie}; ${cookie?.join('=')}`, Accept: 'text/html' }
  const page = await send(open, 'GET', resume, { headers })
  await decide(open, person, page, 'deny')
  const allowed = await decide(open, person, page)
  expect((await ask(open, requestOf(client), person)).status).toBe(303)
  const code = locationOf(allowed).searchParams.get('code') ?? ''
  const { body } = await exchange(open, client, code)
  expect((await refresh(open, client, body.refresh_token)).status).toBe(200)
  expect((await exchange(open, client, code)).status).toBe(400)
  const robot = await newClient({ redirectUris: [], grants: ['client_credentials'], serves: RESOURCE })
  const { access_token } = (await machineTokens(open, robot)).body
  expect((await introspect(open, robot, access_token)).body.active).toBe(true)
  expect((await introspect(open, robot, body.access_token)).body.active).toBe(false)
  expect((await revoke(open, robot, access_token)).status).toBe(200)
  const tv = await newDeviceClient()
  const device = (await startDevice(open, tv)).body
  await send(open, 'GET', '/device', { headers: { ...person.headers, Accept: 'text/html' } })
  await pollDevice(open, tv, device.device_code)
  await decideDevice(open, person, await enterCode(open, person, device.user_code))
  expect((await pollDevice(open, tv, device.device_code)).status).toBe(200)
}

async function useMail(open: WholeService, verified: WholeService, ada: Person): Promise<void> {
  const { mode } = ada
  const named = { body: { email: newEmail() }, headers: { 'Idempotency-Key': crypto.randomUUID() } }
  for (const _ of ['the first', 'its repetition']) {
    expect((await send(open, 'POST', '/password/forgot', named)).status).toBe(202)
  }
  for (const kind of ACCOUNT_KINDS) {
    const link = await askForLink(open, kind, await signedInPerson({ mode, service: open }))
    await send(open, 'GET', `${link.path}?token=${link.token}`, { headers: { Accept: 'text/html' } })
    const { status } = await useLink(link)
    expect(status).toBeLessThan(300)
    // Used again at once, a link gives the answer of the first use to whoever can prove to have sent it.
    expect([status, 400]).toContain((await useLink(link)).status)
  }
  const { binding } = await askForLink(open, 'sign-in', ada)
  const code = `${(Number(open.codeFor(ada.email)) + 1) % 1_000_000}`.padStart(6, '0')
  const typed = { code, binding, mode }
  expect((await send(open, 'POST', '/login/link/confirm', { body: typed })).status).toBe(400)
  const registration = await registerForLink(verified, { mode })
  const { mailedTo } = registration
  await send(verified, 'POST', '/email/verify/resend', { body: { email: mailedTo } })
  const token = verified.tokenFor(mailedTo)
  const body = { token, new_password: 'seven quiet minutes at sea' }
  expect((await send(verified, 'POST', '/email/verify', { body })).status).toBe(200)
  for (let more = 0; more < 6; more++) {
    await send(open, 'POST', '/password/forgot', { body: { email: ada.email } })
  }
}

async function endEverything(ada: Person): Promise<void> {
  const newPassword = 'seven quiet minutes at sea'
  await (await ada.signIn()).post('/logout')
  const back = await ada.signIn()
  await back.post('/logout/all', { keep_current: true })
  const change = await back.post('/password', { current_password: PASSWORD, new_password: newPassword })
  expect(change.status).toBe(200)
  await (await ada.signIn({ password: newPassword })).post('/logout/all')
  const last = await ada.signIn({ password: newPassword })
  expect((await last.post('/me/delete', { password: 'not the password at all' })).status).toBe(401)
  expect((await last.post('/me/delete', { password: newPassword })).status).toBe(204)
}

/** Runs of the sweep with something to do for each of its parts. */
async function workInTheBackground(open: WholeService): Promise<void> {
  const ada = await signedInPerson({ mode: 'token', service: open })
  open.carrierFails = async () => {
    throw new Error('The carrier is away')
  }
  // Events are delivered, tried again and given up.
  open.eventsFail = true
  await send(open, 'POST', '/password/forgot', { body: { email: ada.email } })
  // Mail is tried again, then given up; keys are succeeded, then forgotten; the trail is sealed, then pruned.
  for (const ahead of [62, 2 * DAY, 91 * DAY, 92 * DAY, 400 * DAY]) {
    open.ahead = ahead
    await open.sweep()
  }
}
