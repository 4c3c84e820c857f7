import { describe, expect, it } from 'vitest'
import { createAccountClient } from '../../packages/client/account.ts'
import { createJanusClient } from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import { hotp, totpStep } from '../../src/factors/totp'
import { decodeBase32 } from '../support/base32'
import { FORMS, type Form, openStorage, signedUpClient, wiredClient } from '../support/client'
import { mailingService } from '../support/mail'
import { createNetwork, problemOf } from '../support/network'
import { granted, newClient, OTHER_RESOURCE, oauthService, RESOURCE } from '../support/oauth'
import { exchangeKey } from '../support/oauth-machines'
import { clientOf, newEmail, PASSWORD, send } from '../support/person'
import { setVerified } from '../support/second-factor'

const NEW_PASSWORD = 'a new beginning, again'

describe.each(Object.keys(FORMS) as Form[])('the account of a client, %s', (form) => {
  const mode = FORMS[form].mode

  async function signedUp(settings: Record<string, string> = {}) {
    const service = mailingService(settings)
    return { service, ...(await signedUpClient(form, service)) }
  }

  it('lists its sessions, devices and activity, by pages, and ends one of them', async () => {
    const { service, client, account, email } = await signedUp()
    const other = wiredClient('session', service)
    await other.client.signIn({ email, password: PASSWORD })
    const { session } = (await other.client.me()) ?? {}
    if (!session) throw new Error('Nobody is signed in')
    const { sessions, next_cursor } = await account.sessions()
    expect(Object.fromEntries(sessions.map(({ id, current }) => [id, current]))).toEqual({
      [session.id]: false,
      [(await client.me())?.session.id ?? '']: true,
    })
    expect(next_cursor).toBeUndefined()
    expect(await problemOf(account.sessions({ cursor: 'none & such' }))).toMatchObject({
      code: 'invalid-input',
    })

    expect(await account.endSession(session.id)).toBeUndefined()
    expect(await other.client.me()).toBeNull()
    expect((await account.sessions()).sessions).toHaveLength(1)
    expect(await problemOf(account.endSession('../me'))).toMatchObject({ code: 'not-found' })

    const { devices } = await account.devices()
    expect(devices.filter(({ current }) => !current)).toHaveLength(
      form === 'token, refreshed by body' ? 2 : 1,
    )
    const [device] = devices
    if (!device) throw new Error('No device')
    await account.forgetDevice(device.id)
    expect((await account.devices()).devices.map(({ id }) => id)).not.toContain(device.id)

    const { events } = await account.activity()
    expect(events[0]).toMatchObject({ event: 'device-forgotten', outcome: 'success', by_owner: true })
  })

  it.each(['password', 'link'] as const)(
    'MFA-01: is signed in by a %s once the second factor is proven, and not before',
    async (way) => {
      const { service, client, account, email } = await signedUp()
      const signInByLink = async () => {
        const { binding } = await account.requestSignInLink({ email })
        return account.signInWithLink({ token: service.tokenFor(email), binding })
      }
      // The first link proves the address, which drops a second factor that was there before.
      if (way === 'link') await signInByLink()
      else await setVerified({ userId: (await client.me())?.user.id ?? '' }, 1)
      const { enrolment, seed } = await client.call<{ enrolment: string; seed: string }>('/me/totp', {
        signedIn: true,
        body: {},
      })
      const code = await hotp(decodeBase32(seed), totpStep(Date.now() / 1000))
      const { recovery_codes } = await client.call<{ recovery_codes: string[] }>('/me/totp/confirm', {
        signedIn: true,
        sends: 'device',
        body: { enrolment, code },
      })
      expect((await client.me())?.session.acr).toBe('urn:janus:2fa')
      await client.signOut()

      const first = await (way === 'link' ? signInByLink() : client.signIn({ email, password: PASSWORD }))
      if (!('next' in first)) throw new Error('Signed in by one factor')
      expect(first).toEqual({
        next: ['totp', 'recovery-code'],
        expires_in: 600,
        ...(mode === 'token' && { pending: expect.any(String) }),
      })
      expect(client.signedIn).toBe(false)
      expect(await client.me()).toBeNull()
      await client.call('/login/second-factor', {
        sends: 'mode',
        body: { recovery_code: recovery_codes[0], pending: first.pending },
      })
      expect(client.signedIn).toBe(true)
      expect((await client.me())?.session.acr).toBe('urn:janus:2fa')
    },
  )

  it('lists its API keys and makes and revokes one, and lists and disconnects apps', async () => {
    const service = oauthService()
    const { client, account, email } = await signedUpClient(form, service)
    expect(await account.apiKeys()).toEqual({
      api_keys: [],
      resources: [
        { resource: RESOURCE, scopes: ['notes:read', 'notes:write'] },
        { resource: OTHER_RESOURCE, scopes: ['files:read'] },
      ],
    })
    const wanted = { name: 'Backups', scope: 'notes:read', resource: RESOURCE, expires_in_days: 7 }
    const { api_key, secret } = await account.createApiKey(wanted)
    expect((await exchangeKey(service, secret)).body.scope).toBe('notes:read')
    const used = { ...api_key, last_used_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) }
    expect((await account.apiKeys()).api_keys).toEqual([used])
    expect(await problemOf(account.createApiKey({ ...wanted, scope: 'files:read' }))).toMatchObject({
      code: 'invalid-input',
      errors: [{ field: 'scope' }],
    })
    expect(await account.revokeApiKey(api_key.id)).toBeUndefined()
    expect(await problemOf(account.revokeApiKey(api_key.id))).toMatchObject({ code: 'not-found' })
    expect((await exchangeKey(service, secret)).status).toBe(400)

    const body = { email, password: PASSWORD, mode: 'session' }
    const browser = clientOf(service, 'session', await send(service, 'POST', '/login', { body }))
    const app = await newClient({ name: 'Notes' })
    await granted(service, browser, app)
    const { apps } = await account.apps()
    expect(apps).toMatchObject([
      { client_id: app.id, name: 'Notes', host: null, scope: 'notes:read', resource: RESOURCE },
    ])
    expect(await account.disconnectApp(apps[0]?.id ?? '')).toBeUndefined()
    expect(await account.apps()).toEqual({ apps: [] })
    expect(await problemOf(account.disconnectApp('../../me'))).toMatchObject({ code: 'not-found' })
    await client.signOut()
    for (const call of [account.apps, account.apiKeys, () => account.createApiKey(wanted)])
      expect(await problemOf(call())).toMatchObject({ status: 401 })
  })

  it('has a name, and another, and none', async () => {
    const { client, account } = await signedUp()
    expect(await account.update({ name: 'Ada' })).toMatchObject({ name: 'Ada' })
    expect((await client.me())?.user.name).toBe('Ada')
    expect(await account.update({ name: null })).toMatchObject({ name: null })
  })

  it('forgets its password, and has a new one', async () => {
    const { service, client, account, email } = await signedUp()
    expect(await account.forgotPassword({ email })).toBeUndefined()
    const reset = { token: service.tokenFor(email), new_password: NEW_PASSWORD }
    expect(await account.resetPassword(reset)).toBeUndefined()
    expect(await client.me()).toBeNull()
    const signedIn = await client.signIn({ email, password: NEW_PASSWORD })
    expect(signedIn).toMatchObject({ user: { email_verified: true } })
    const again = account.resetPassword({ ...reset, new_password: PASSWORD })
    expect(await problemOf(again)).toMatchObject({ code: 'invalid-link' })
  })

  it('proves its address where it was registered, and is signed in', async () => {
    const service = mailingService({ REGISTRATION: 'verified' })
    const { client, account, heard } = wiredClient(form, service)
    const email = newEmail()
    const up = await client.signUp({ email, password: PASSWORD })
    if (up.outcome !== 'verification-sent') throw new Error(up.outcome)
    const { binding } = await account.resendVerification({ email, binding: up.binding })
    const verified = await account.verifyEmail({ token: service.tokenFor(email), binding })
    expect(verified).toMatchObject({
      email_verified: true,
      has_password: true,
      user: { email },
      session: { mode },
    })
    expect(JSON.stringify(verified)).not.toMatch(/_token/)
    expect(heard).toEqual([true])
    expect(await client.me()).toMatchObject({ user: { email } })
  })

  it('signs in with a link or its code', async () => {
    const { service, client, account, email } = await signedUp()
    await client.signOut()
    const { binding } = await account.requestSignInLink({ email })
    const signedIn = await account.signInWithLink({ token: service.tokenFor(email), binding })
    expect(Object.keys(signedIn)).toEqual(['user', 'session'])
    expect(client.signedIn).toBe(true)
    const second = await account.requestSignInLink({ email })
    const wrong = account.signInWithLink({ code: '000000', ...second })
    expect(await problemOf(wrong)).toMatchObject({ code: 'invalid-code' })
    expect(client.signedIn).toBe(true)
  })

  it('has another address', async () => {
    const { service, client, account } = await signedUp()
    const email = newEmail()
    const { binding } = await account.changeEmail({ email, password: PASSWORD })
    expect(await account.confirmEmailChange({ token: service.tokenFor(email), binding })).toBeUndefined()
    expect((await client.me())?.user).toMatchObject({ email, email_verified: true })
  })

  it('is deleted, and nobody is signed in', async () => {
    const { client, account, heard, email } = await signedUp()
    expect(await problemOf(account.delete({ password: 'not the password' }))).toMatchObject({ status: 401 })
    expect(client.signedIn).toBe(true)
    await account.delete({ password: PASSWORD })
    expect(heard).toEqual([true, false])
    expect(await client.me()).toBeNull()
    expect(await problemOf(client.signIn({ email, password: PASSWORD }))).toMatchObject({
      code: 'invalid-credentials',
    })
  })
})

it('keeps the token of its device from every call that gives one', async () => {
  const service = mailingService()
  const { fetch } = createNetwork((request) => service.fetch(request))
  let kept: string | null = null
  const storage = {
    ...openStorage(),
    getDevice: () => kept,
    setDevice(token: string) {
      kept = token
    },
  }
  const client = createJanusClient({ mode: 'token', createTokens, issuer: service.issuer, storage, fetch })
  const account = createAccountClient(client)
  const email = newEmail()
  await client.signUp({ email, password: PASSWORD })
  const first = kept
  expect(first).toEqual(expect.any(String))
  await account.changePassword({ current_password: PASSWORD, new_password: NEW_PASSWORD })
  await account.forgotPassword({ email })
  await account.resetPassword({ token: service.tokenFor(email), new_password: PASSWORD })
  await client.signIn({ email, password: PASSWORD })
  const { devices } = await account.devices()
  // One device from beginning to end.
  expect(devices).toHaveLength(1)
})
