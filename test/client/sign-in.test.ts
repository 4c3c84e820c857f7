import { describe, expect, expectTypeOf, it } from 'vitest'
import { createAccountClient } from '../../packages/client/account.ts'
import {
  createJanusClient,
  type JanusClient,
  type PendingSignIn,
  type SignedIn,
  type TokenStorage,
} from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import { FORMS, type Form, openStorage, signedUpClient, TOKEN_FORMS, wiredClient } from '../support/client'
import { mailingService } from '../support/mail'
import { createNetwork, problemOf } from '../support/network'
import { newEmail, PASSWORD } from '../support/person'
import { deployed } from '../support/service'

const ME = `${deployed.issuer}/me`
const NEW_PASSWORD = 'a new beginning, again'

it('signs out whoever has signed in on a page of Janus since a client asked', async () => {
  const { client, network } = wiredClient('session')
  expect(await client.me()).toBeNull()
  const page = createJanusClient({ mode: 'session', issuer: deployed.issuer, fetch: network.fetch })
  await page.signUp({ email: newEmail(), password: PASSWORD })
  await client.signOut()
  expect(network.count('POST /logout', 204)).toBe(1)
  expect(await page.me()).toBeNull()
})

describe.each(Object.keys(FORMS) as Form[])('a client, %s', (form) => {
  const mode = FORMS[form].mode

  it('signs up, in and out, and says so', async () => {
    const { client, heard } = wiredClient(form)
    const email = newEmail()
    expect(client.signedIn).toBeNull()
    expect(await client.me()).toBeNull()
    expect(client.signedIn).toBe(false)

    const up = await client.signUp({ email, password: PASSWORD, name: 'Ada' })
    expect(up).toMatchObject({ outcome: 'signed-in', user: { email, name: 'Ada' }, session: { mode } })
    expect(await client.me()).toMatchObject({ user: { email }, session: { mode, current: true } })
    expect((await client.fetch(ME)).status).toBe(200)
    expect(client.signedIn).toBe(true)

    await client.signOut()
    expect(client.signedIn).toBe(false)
    expect(await client.me()).toBeNull()
    expect((await client.fetch(ME)).status).toBe(401)

    const signedIn = await client.signIn({ email, password: PASSWORD })
    expectTypeOf(signedIn).toEqualTypeOf<SignedIn | PendingSignIn>()
    expect(Object.keys(signedIn)).toEqual(['user', 'session'])
    expect((await client.fetch(ME)).status).toBe(200)
    expect(heard).toEqual([false, true, false, true])
  })

  it('asks who is signed in where nobody is, without an answer that a browser shows as an error', async () => {
    const { client, network } = wiredClient(form)
    expect(await client.me()).toBeNull()
    expect(network.sent.filter(({ status }) => status >= 400)).toEqual([])
    expect(network.sent.length).toBeLessThan(2)
  })

  it('sends the credential of its mode, and no other', async () => {
    const { client, network } = await signedUpClient(form)
    await client.fetch(ME)
    const sent = network.sent.at(-1)
    expect(sent?.authorization).toEqual(mode === 'token' ? expect.stringMatching(/^Bearer eyJ/) : null)
    // The device comes along, which opens nothing.
    const cookies = expect.stringMatching(/^__Host-session=[^;]+; __Host-device=[^;]+$/)
    expect(sent?.cookie).toEqual(mode === 'token' ? null : cookies)
  })

  it('signs out where nobody is signed in, without an answer that a browser shows as an error', async () => {
    const { client, network } = wiredClient(form)
    await client.me()
    await client.signOut()
    expect(network.sent.filter(({ status }) => status >= 400)).toEqual([])
    expect(client.signedIn).toBe(false)
  })

  it('ends the session where it is kept when it signs out', async () => {
    const { client, network } = await signedUpClient(form)
    await client.fetch(ME)
    const { authorization, cookie } = network.sent.at(-1) ?? {}
    const copied = new Headers({ ...(authorization && { authorization }), ...(cookie && { cookie }) })
    const askAs = () => deployed.fetch(new Request(ME, { headers: copied }))
    expect((await askAs()).status).toBe(200)
    await client.signOut()
    expect((await askAs()).status).toBe(401)
  })

  it('counts a session that is over already as signed out', async () => {
    const { client, email } = await signedUpClient(form)
    const other = wiredClient('session')
    await other.client.signIn({ email, password: PASSWORD })
    await other.account.signOutEverywhere()
    await client.signOut()
    expect(client.signedIn).toBe(false)
  })

  it('stays signed in, and says why, if it cannot sign out', async () => {
    const { client, network } = await signedUpClient(form)
    network.next('POST /logout', () => Promise.reject(new TypeError('fetch failed')))
    await expect(client.signOut()).rejects.toThrow('fetch failed')
    expect(client.signedIn).toBe(true)
    expect(await client.me()).not.toBeNull()
    await client.signOut()
    expect(await client.me()).toBeNull()
  })

  it('ends the other sessions, or all', async () => {
    const { client, email } = await signedUpClient(form)
    const other = wiredClient('session')
    await other.client.signIn({ email, password: PASSWORD })
    await createAccountClient(client).signOutEverywhere({ keep_current: true })
    expect(await other.client.me()).toBeNull()
    expect(client.signedIn).toBe(true)
    expect(await client.me()).not.toBeNull()
    await createAccountClient(client).signOutEverywhere()
    expect(client.signedIn).toBe(false)
    expect(await client.me()).toBeNull()
    expect(await problemOf(createAccountClient(client).signOutEverywhere())).toMatchObject({
      code: 'authentication-required',
    })
  })

  it('changes the password, and goes on with the session that this gives', async () => {
    const { client, email } = await signedUpClient(form)
    const before = await client.me()
    const wrong = createAccountClient(client).changePassword({
      current_password: 'not the password',
      new_password: NEW_PASSWORD,
    })
    expect(await problemOf(wrong)).toMatchObject({ code: 'invalid-credentials', status: 401 })
    expect(client.signedIn).toBe(true)

    const after = await createAccountClient(client).changePassword({
      current_password: PASSWORD,
      new_password: NEW_PASSWORD,
    })
    expect(after.user.email).toBe(email)
    expect(after.session.id).not.toBe(before?.session.id)
    expect((await client.me())?.session.id).toBe(after.session.id)
  })

  it('signs up where addresses are verified first, and in with a link', async () => {
    const service = mailingService({ REGISTRATION: 'verified' })
    const { client, network } = wiredClient(form, service)
    const email = newEmail()
    const up = await client.signUp({ email, password: PASSWORD })
    if (up.outcome !== 'verification-sent') throw new Error(up.outcome)
    expect(client.signedIn).toBeNull()

    const post = (path: string, body: object) =>
      network.fetch(`${service.issuer}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      })
    const verified = await post('/email/verify', { token: service.tokenFor(email), binding: up.binding })
    expect(verified.status).toBe(200)

    const asked = await post('/login/link', { email })
    const { binding } = (await asked.json()) as { binding: string }
    const signedIn = await createAccountClient(client).signInWithLink({
      token: service.tokenFor(email),
      binding,
    })
    expect(signedIn).toMatchObject({ user: { email, email_verified: true } })
    expect(client.signedIn).toBe(true)
  })

  it('has a second person in place of the first, and says so', async () => {
    const { client, heard } = await signedUpClient(form)
    const email = newEmail()
    await client.signUp({ email, password: PASSWORD })
    expect((await client.me())?.user.email).toBe(email)
    expect(heard).toEqual([true, true])
  })

  it('tells no more to who does not want to know, and is not stopped by a listener that throws', async () => {
    const { client, heard } = wiredClient(form)
    const others: boolean[] = []
    const unsubscribe = client.subscribe((signedIn) => others.push(signedIn))
    await client.signUp({ email: newEmail(), password: PASSWORD })
    unsubscribe()
    await client.signOut()
    expect(others).toEqual([true])
    expect(heard).toEqual([true, false])
  })
})

describe.each(TOKEN_FORMS)('a client, %s', (form) => {
  it('does not take a session cookie of the same browser for its own sign-in', async () => {
    const { network } = await signedUpClient('session')
    const client = createJanusClient({ ...FORMS[form], issuer: deployed.issuer, fetch: network.fetch })
    expect(await client.me()).toBeNull()
    const change = createAccountClient(client).changePassword({
      current_password: PASSWORD,
      new_password: NEW_PASSWORD,
    })
    expect(await problemOf(change)).toMatchObject({ code: 'authentication-required' })
    expect(await problemOf(createAccountClient(client).signOutEverywhere())).toMatchObject({
      code: 'authentication-required',
    })
    await client.signOut()

    const session = createJanusClient({ mode: 'session', issuer: deployed.issuer, fetch: network.fetch })
    expect(await session.me()).not.toBeNull()
  })

  it('asks nothing of Janus once it knows that nobody is signed in', async () => {
    const { client, network } = wiredClient(form)
    expect(await client.me()).toBeNull()
    const asked = network.sent.length
    expect(await client.me()).toBeNull()
    expect(network.sent).toHaveLength(asked)
  })
})

describe('a refresh token in the body', () => {
  it('is in the storage, alone, as long as one is signed in', async () => {
    const storage = openStorage()
    const network = createNetwork(deployed.fetch)
    const options = {
      mode: 'token',
      createTokens,
      issuer: deployed.issuer,
      storage,
      fetch: network.fetch,
    } as const
    const client = createJanusClient(options)
    await client.signUp({ email: newEmail(), password: PASSWORD })
    expect(storage.kept).toMatch(/^[\w-]{22}\.0\.[\w-]{43}$/)

    // The app is started again.
    const again = createJanusClient(options)
    expect(again.signedIn).toBeNull()
    expect(await again.me()).not.toBeNull()
    expect(storage.kept).toMatch(/^[\w-]{22}\.1\.[\w-]{43}$/)
    await again.signOut()
    expect(storage.kept).toBeNull()
  })

  it('fails a sign-in whose token cannot be kept', async () => {
    const storage = { ...openStorage(), set: () => Promise.reject(new Error('The keychain is locked')) }
    const client = createJanusClient({
      mode: 'token',
      createTokens,
      issuer: deployed.issuer,
      storage,
      fetch: createNetwork(deployed.fetch).fetch,
    })
    const signUp = client.signUp({ email: newEmail(), password: PASSWORD })
    await expect(signUp).rejects.toThrow('The keychain is locked')
  })
})

describe('the device of a client without cookies', () => {
  const clientWith = (storage: TokenStorage) => {
    const network = createNetwork((request) => deployed.fetch(request))
    const options = {
      mode: 'token',
      createTokens,
      refreshIn: 'body',
      issuer: deployed.issuer,
      fetch: network.fetch,
    } as const
    return createJanusClient({ ...options, storage })
  }
  const countDevices = async (client: JanusClient) =>
    ((await (await client.fetch(`${deployed.issuer}/devices`)).json()) as { devices: unknown[] }).devices
      .length

  it('is the same at every sign-in, in one client and in the next with its storage', async () => {
    const email = newEmail()
    let device: string | null = null
    const storage = {
      ...openStorage(),
      getDevice: () => device,
      setDevice(text: string) {
        device = text
      },
    }
    const client = clientWith(storage)
    await client.signUp({ email, password: PASSWORD })
    await client.signOut()
    expect(device).toEqual(expect.any(String))
    const next = clientWith(storage)
    await next.signIn({ email, password: PASSWORD })
    expect(await countDevices(next)).toBe(1)
    await createAccountClient(next).changePassword({ current_password: PASSWORD, new_password: NEW_PASSWORD })
    await next.signOut()
    await clientWith(storage).signIn({ email, password: NEW_PASSWORD })
    await next.signIn({ email, password: NEW_PASSWORD })
    expect(await countDevices(next)).toBe(1)
  })

  it('is in memory where the storage does not keep it, and another client is another device', async () => {
    const email = newEmail()
    const client = clientWith(openStorage())
    await client.signUp({ email, password: PASSWORD })
    await client.signOut()
    await client.signIn({ email, password: PASSWORD })
    expect(await countDevices(client)).toBe(1)
    const other = clientWith(openStorage())
    await other.signIn({ email, password: PASSWORD })
    expect(await countDevices(other)).toBe(2)
  })

  it('keeps nobody from signing in when its storage fails', async () => {
    const fail = () => Promise.reject(new Error('no storage'))
    const client = clientWith({ ...openStorage(), getDevice: fail, setDevice: fail })
    await client.signUp({ email: newEmail(), password: PASSWORD })
    expect(client.signedIn).toBe(true)
  })
})
