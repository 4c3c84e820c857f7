import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPasskeyClient } from '../../packages/client/passkeys.ts'
import { createPasskey, type SoftPasskey, usePasskey } from '../support/authenticator'
import { FORMS, type Form, signedUpClient } from '../support/client'
import { mailingService } from '../support/mail'
import { problemOf } from '../support/network'
import { PASSWORD } from '../support/person'
import { codeOf, setVerified } from '../support/second-factor'

afterEach(() => vi.unstubAllGlobals())

/** Returns a browser with one authenticator, and what it was told of passkeys. */
function withAuthenticator() {
  const device: { soft?: SoftPasskey; told: object[] } = { told: [] }
  const origin = 'https://auth.example.com'
  const wrap = (json: object & { id?: string }) => ({ id: json.id ?? '', toJSON: () => json })
  vi.stubGlobal('PublicKeyCredential', {
    parseRequestOptionsFromJSON: (options: object) => options,
    parseCreationOptionsFromJSON: (options: object) => options,
    signalUnknownCredential: async (signal: object) => device.told.push(signal),
    signalAllAcceptedCredentials: async (signal: object) => device.told.push(signal),
  })
  vi.stubGlobal('navigator', {
    credentials: {
      async create({
        publicKey,
      }: {
        publicKey: { challenge: string; rp: { id: string }; user: { id: string } }
      }) {
        const { challenge, rp, user } = publicKey
        const made = await createPasskey({ challenge, origin, rpId: rp.id, userHandle: user.id })
        device.soft = made.passkey
        return wrap(made.credential)
      },
      async get({ publicKey }: { publicKey: { challenge: string; rpId: string } }) {
        if (!device.soft) throw new DOMException('No passkey here', 'NotAllowedError')
        const { challenge, rpId } = publicKey
        return wrap(await usePasskey(device.soft, { challenge, origin, rpId }))
      },
    },
  })
  return device
}

describe.each(Object.keys(FORMS) as Form[])('passkeys of a client, %s', (form) => {
  it('adds one, signs in, proves again and completes a sign-in with it, and removes it', async () => {
    const service = mailingService()
    const { client, account, email } = await signedUpClient(form, service)
    const device = withAuthenticator()
    const passkeys = createPasskeyClient(client)
    expect(passkeys.isSupported).toBe(true)
    const added = await passkeys.add({ name: 'Laptop' })
    expect(added).toMatchObject({ name: 'Laptop', last_used_at: null })
    expect((await account.proofs()).next).toEqual(['password', 'passkey'])
    expect((await passkeys.reauthenticate()).session.acr).toBe('urn:janus:2fa')
    expect((await client.me())?.session.acr).toBe('urn:janus:2fa')

    await client.signOut()
    const { user } = await passkeys.signIn()
    expect(await client.me()).toMatchObject({ user: { id: user.id } })
    expect((await account.renamePasskey(added.id, 'Phone')).name).toBe('Phone')
    expect((await account.passkeys()).passkeys).toMatchObject([{ id: added.id, name: 'Phone' }])

    await passkeys.remove(added.id)
    const { rpId } = { rpId: 'auth.example.com' }
    expect(device.told).toEqual([{ rpId, userId: device.soft?.userHandle, allAcceptedCredentialIds: [] }])
    await client.signOut()
    expect(await problemOf(passkeys.signIn())).toMatchObject({ code: 'passkey-unknown' })
    expect(device.told.at(-1)).toEqual({ rpId, credentialId: device.soft?.id })
    expect('next' in (await client.signIn({ email, password: PASSWORD }))).toBe(false)
  })

  it('sets up an app, and signs in with either second step', async () => {
    const service = mailingService()
    const { client, account, email } = await signedUpClient(form, service)
    withAuthenticator()
    const passkeys = createPasskeyClient(client)
    await setVerified({ userId: (await client.me())?.user.id ?? '' }, 1)
    const offer = await account.offerTotp()
    expect(
      await problemOf(account.confirmTotp({ enrolment: offer.enrolment, code: '000000' })),
    ).toMatchObject({
      code: 'invalid-second-factor',
    })
    const { recovery_codes: codes, session } = await account.confirmTotp({
      enrolment: offer.enrolment,
      code: await codeOf(offer.seed, -1),
    })
    expect([codes.length, session.acr]).toEqual([10, 'urn:janus:2fa'])
    await passkeys.add()
    expect((await account.reauthenticate({ code: await codeOf(offer.seed) })).session.acr).toBe(
      'urn:janus:2fa',
    )
    expect(await account.secondFactor()).toMatchObject({ recovery_codes_left: 10 })
    const renewed = await account.renewRecoveryCodes()

    for (const step of ['recovery code', 'passkey'] as const) {
      await client.signOut()
      const first = await client.signIn({ email, password: PASSWORD })
      if (!('next' in first)) throw new Error('Signed in by one factor')
      expect(first.next).toEqual(['totp', 'recovery-code', 'passkey'])
      const pending = first.pending ? { pending: first.pending } : {}
      const [recovery_code = ''] = renewed.recovery_codes
      const whole =
        step === 'passkey'
          ? await passkeys.completeSignIn(pending)
          : await account.completeSignIn({ recovery_code, ...pending })
      expect(whole).not.toHaveProperty('access_token')
      expect((await client.me())?.session.id).toBe(whole.session.id)
    }
    expect((await account.removeSecondFactor()).session.acr).toBe('urn:janus:2fa')
    expect((await account.secondFactor()).totp).toBeNull()
  })
})

it('says so where there are no passkeys', async () => {
  const { client } = await signedUpClient('session')
  vi.stubGlobal('PublicKeyCredential', undefined)
  const passkeys = createPasskeyClient(client)
  expect(passkeys.isSupported).toBe(false)
  await expect(passkeys.signIn()).rejects.toThrow(TypeError)
})
