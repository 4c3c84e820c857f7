import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBase64url, parseBase64url } from '../../src/crypto/base64url'
import { OFFERED_ALGORITHMS } from '../../src/passkeys/public-key'
import { verifyAssertion } from '../../src/passkeys/verify-assertion'
import { verifyRegistration } from '../../src/passkeys/verify-registration'
import { type Alg, type Bent, createPasskey, usePasskey } from '../support/authenticator'

const CHALLENGE = encodeBase64url(new Uint8Array(32).fill(7))
const OTHER = encodeBase64url(new Uint8Array(32).fill(8))
const HANDLE = encodeBase64url(new Uint8Array(32).fill(9))
const ORIGIN = 'https://auth.example.com'
const RP_ID = 'auth.example.com'
const input = { challenge: CHALLENGE, origin: ORIGIN, rpId: RP_ID, userHandle: HANDLE }
const expected = {
  challenge: CHALLENGE,
  origins: [ORIGIN],
  rpId: RP_ID,
  userVerification: 'required',
} as const
const ALGORITHMS: readonly Alg[] = [-8, -7, -257]
const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text))

type Created = Awaited<ReturnType<typeof createPasskey>>
type Used = Awaited<ReturnType<typeof usePasskey>>

function registrationOf({ credential: { id, response } }: Pick<Created, 'credential'>) {
  return { id, clientDataJson: response.clientDataJSON, attestationObject: response.attestationObject }
}

function assertionOf({ id, response }: Used) {
  const { clientDataJSON, authenticatorData, signature, userHandle = null } = response
  return { id, clientDataJson: clientDataJSON, authenticatorData, signature, userHandle }
}

async function register(bent: Bent = {}, options: Partial<Parameters<typeof createPasskey>[0]> = {}) {
  const created = await createPasskey({ ...input, ...options }, bent)
  return { created, verified: await verifyRegistration(registrationOf(created), expected) }
}

async function stored(alg: Alg = -7, bent: Bent = {}) {
  const { created, verified } = await register(bent, { alg })
  if (!verified.ok) throw new Error(verified.refusal)
  return { passkey: created.passkey, record: { ...verified.passkey, userHandle: HANDLE } }
}

/** Returns `true` if a second verifier, which shares no code with ours, accepts a registration. */
async function judgeRegistration({ credential }: Created): Promise<boolean> {
  const { response, ...rest } = credential
  const judged = verifyRegistrationResponse({
    response: { ...rest, response: { ...response, transports: [...response.transports] } },
    expectedChallenge: CHALLENGE,
    expectedOrigin: ORIGIN,
    expectedRPID: RP_ID,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  })
  return judged.then(({ verified }) => verified).catch(() => false)
}

async function judgeAssertion(response: Used, record: Awaited<ReturnType<typeof stored>>['record']) {
  const judged = verifyAuthenticationResponse({
    response,
    expectedChallenge: CHALLENGE,
    expectedOrigin: ORIGIN,
    expectedRPID: RP_ID,
    requireUserVerification: true,
    credential: {
      id: record.credentialId,
      publicKey: parseBase64url(record.publicKey) ?? new Uint8Array(),
      counter: record.signCount,
    },
  })
  return judged.then(({ verified }) => verified).catch(() => false)
}

const FLAGS = { up: 1, uv: 4, be: 8, bs: 16, at: 64, ed: 128 }
const GOOD = FLAGS.up | FLAGS.uv | FLAGS.be | FLAGS.bs

/** The changes that both ceremonies have in common; `judged`: where a second verifier, which is laxer there, accepts it. */
const BENT: readonly {
  readonly what: string
  readonly refusal: string
  readonly bent: Bent
  readonly judged?: 'accepted' | 'registered'
}[] = [
  {
    what: 'client data that is not JSON',
    refusal: 'client-data',
    bent: { clientDataBytes: utf8('{') },
  },
  { what: 'client data that is a list', refusal: 'type', bent: { clientDataBytes: utf8('[]') } },
  {
    what: 'client data that is null',
    refusal: 'client-data',
    bent: { clientDataBytes: utf8('null') },
  },
  {
    what: 'client data that is not UTF-8',
    refusal: 'client-data',
    bent: { clientDataBytes: Uint8Array.of(0xff) },
  },
  {
    what: 'client data of more than 4 KiB',
    refusal: 'client-data',
    bent: { clientData: { extraData: 'x'.repeat(4096) } },
    judged: 'accepted',
  },
  { what: 'a type of no ceremony', refusal: 'type', bent: { clientData: { type: 'payment.get' } } },
  { what: 'another challenge', refusal: 'challenge', bent: { clientData: { challenge: OTHER } } },
  {
    what: 'a challenge with padding',
    refusal: 'challenge',
    bent: { clientData: { challenge: `${CHALLENGE}=` } },
  },
  { what: 'no challenge', refusal: 'challenge', bent: { clientData: { challenge: undefined } } },
  { what: 'another origin', refusal: 'origin', bent: { clientData: { origin: 'https://example.org' } } },
  { what: 'a sub-domain', refusal: 'origin', bent: { clientData: { origin: 'https://x.auth.example.com' } } },
  { what: 'the domain above', refusal: 'origin', bent: { clientData: { origin: 'https://example.com' } } },
  { what: 'another port', refusal: 'origin', bent: { clientData: { origin: `${ORIGIN}:8443` } } },
  { what: 'another scheme', refusal: 'origin', bent: { clientData: { origin: 'http://auth.example.com' } } },
  { what: 'a slash behind the origin', refusal: 'origin', bent: { clientData: { origin: `${ORIGIN}/` } } },
  {
    what: 'capitals in the origin',
    refusal: 'origin',
    bent: { clientData: { origin: 'https://AUTH.example.com' } },
  },
  { what: 'an origin in a list', refusal: 'origin', bent: { clientData: { origin: [ORIGIN] } } },
  {
    what: 'a frame of another site',
    refusal: 'cross-origin',
    bent: { clientData: { crossOrigin: true } },
    judged: 'accepted',
  },
  {
    what: 'crossOrigin as text',
    refusal: 'cross-origin',
    bent: { clientData: { crossOrigin: 'false' } },
    judged: 'accepted',
  },
  {
    what: 'a page around it',
    refusal: 'top-origin',
    bent: { clientData: { topOrigin: ORIGIN } },
    judged: 'registered',
  },
  { what: 'another relying party', refusal: 'rp-id', bent: { rpId: 'example.com' } },
  { what: 'nobody present', refusal: 'user-presence', bent: { flags: GOOD & ~FLAGS.up } },
  { what: 'nobody verified', refusal: 'user-verification', bent: { flags: GOOD & ~FLAGS.uv } },
  { what: 'backed up without being eligible', refusal: 'backup-state', bent: { flags: GOOD & ~FLAGS.be } },
]

describe('WAN-04: a passkey is registered', () => {
  it('offers EdDSA, ES256 and RS256, and nothing else', () => {
    expect(OFFERED_ALGORITHMS).toEqual(ALGORITHMS)
  })

  it.each(ALGORITHMS.flatMap((alg) => [false, true].map((selfAttested) => ({ alg, selfAttested }))))(
    'with algorithm $alg, attesting itself: $selfAttested',
    async (options) => {
      const { created, verified } = await register({}, options)
      expect(verified).toEqual({
        ok: true,
        passkey: {
          credentialId: created.passkey.id,
          publicKey: encodeBase64url(created.publicKey),
          alg: options.alg,
          signCount: 0,
          userVerified: true,
          backupEligible: true,
          backedUp: true,
          aaguid: '0'.repeat(32),
        },
      })
      expect(await judgeRegistration(created)).toBe(true)
    },
  )

  const map = (members: readonly (readonly [number, unknown])[]) => new Map(members) as never
  const without = (cose: ReadonlyMap<number, unknown>, label: number) =>
    map([...cose].filter(([key]) => key !== label))
  const withMember = (cose: ReadonlyMap<number, unknown>, label: number, value: unknown) =>
    map([...cose].map(([key, old]) => [key, key === label ? value : old] as const))
  const AT = GOOD | FLAGS.at

  it.each<{
    what: string
    refusal: string
    bent: Bent
    alg?: Alg
    selfAttested?: boolean
    judged?: 'accepted' | 'registered'
  }>([
    ...BENT.map(({ bent, ...row }) => ({
      ...row,
      bent: { ...bent, ...(bent.flags === undefined ? {} : { flags: bent.flags | FLAGS.at }) },
    })),
    { what: 'the type of a sign-in', refusal: 'type', bent: { clientData: { type: 'webauthn.get' } } },
    { what: 'no passkey in it', refusal: 'attestation-object', bent: { flags: GOOD } },
    {
      what: 'something behind the passkey',
      refusal: 'attestation-object',
      bent: { trailing: Uint8Array.of(0) },
    },
    { what: 'extensions that are none', refusal: 'attestation-object', bent: { flags: AT | FLAGS.ed } },
    {
      what: 'extensions that are a number',
      refusal: 'attestation-object',
      bent: { flags: AT | FLAGS.ed, trailing: Uint8Array.of(1) },
    },
    {
      what: 'an attestation object that is a list',
      refusal: 'attestation-object',
      bent: { attestationObject: (object) => [...object.values()] },
    },
    {
      what: 'a fourth member',
      refusal: 'attestation-object',
      bent: { attestationObject: (object) => new Map([...object, ['authData2', 1]]) },
      judged: 'accepted',
    },
    {
      what: 'members in another order',
      refusal: 'attestation-object',
      bent: { attestationObject: (object) => new Map([...object].reverse()) },
      judged: 'accepted',
    },
    {
      what: 'a statement that is a list',
      refusal: 'attestation-object',
      bent: { attestation: { fmt: 'none', attStmt: [] } },
      judged: 'accepted',
    },
    {
      what: 'an algorithm that was not offered',
      refusal: 'algorithm',
      bent: { cose: (cose) => withMember(cose, 3, -35) },
    },
    { what: 'no algorithm', refusal: 'public-key', bent: { cose: (cose) => without(cose, 3) } },
    {
      what: 'an algorithm that is text',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, 3, 'ES256') },
    },
    { what: 'a key that is a list', refusal: 'public-key', bent: { cose: () => [] } },
    {
      what: 'a key of another type',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, 1, 1) },
      judged: 'accepted',
    },
    {
      what: 'another curve',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -1, 2) },
      judged: 'accepted',
    },
    {
      what: 'one member more',
      refusal: 'public-key',
      bent: { cose: (cose) => map([...cose, [-4, 1]]) },
      judged: 'accepted',
    },
    {
      what: 'a coordinate that is short',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -2, new Uint8Array(31)) },
      judged: 'accepted',
    },
    {
      what: 'a coordinate that is a number',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -2, 1) },
      judged: 'accepted',
    },
    {
      what: 'a point off the curve',
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -2, new Uint8Array(32).fill(1)) },
      judged: 'accepted',
    },
    {
      what: 'an RSA key of 2,040 bits',
      alg: -257,
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -1, new Uint8Array(255).fill(255)) },
      judged: 'accepted',
    },
    {
      what: 'an RSA key of 4,104 bits',
      alg: -257,
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -1, new Uint8Array(513).fill(255)) },
      judged: 'accepted',
    },
    {
      what: 'an RSA key with zeros in front',
      alg: -257,
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -1, new Uint8Array(257).fill(255).with(0, 0)) },
      judged: 'accepted',
    },
    {
      what: 'an exponent of 3',
      alg: -257,
      refusal: 'public-key',
      bent: { cose: (cose) => withMember(cose, -2, Uint8Array.of(0, 0, 3)) },
      judged: 'accepted',
    },
    {
      what: 'a statement where there is none',
      refusal: 'attestation-statement',
      bent: { attestation: { fmt: 'none', attStmt: new Map([['alg', -7]]) } },
    },
    {
      what: 'a statement of its own without a signature',
      refusal: 'attestation-statement',
      bent: { attestation: { fmt: 'packed', attStmt: new Map([['alg', -7]]) } },
    },
    {
      what: 'a statement of its own under another algorithm',
      refusal: 'attestation-statement',
      bent: {
        attestation: {
          fmt: 'packed',
          attStmt: new Map<string, never>([
            ['alg', -8 as never],
            ['sig', new Uint8Array(64) as never],
          ]),
        },
      },
    },
    {
      what: 'a statement of its own with another signature',
      refusal: 'attestation-statement',
      bent: {
        attestation: {
          fmt: 'packed',
          attStmt: new Map<string, never>([
            ['alg', -7 as never],
            ['sig', Uint8Array.fromHex('3006020101020101') as never],
          ]),
        },
      },
    },
    {
      what: 'an id of 15 bytes',
      refusal: 'credential-id',
      bent: { credentialId: new Uint8Array(15) },
      judged: 'accepted',
    },
    {
      what: 'an id of 1,024 bytes',
      refusal: 'credential-id',
      bent: { credentialId: new Uint8Array(1024) },
      judged: 'accepted',
    },
  ])('WAN-02, WAN-03: not with $what', async ({ refusal, bent, alg = -7, judged }) => {
    const { created, verified } = await register(bent, { alg })
    expect(verified).toEqual({ ok: false, refusal })
    // Where the other verifier is laxer, this says so; it never refuses what is good (above).
    expect(await judgeRegistration(created)).toBe(judged !== undefined)
  })

  it('WAN-05: not under an id that the authenticator did not make', async () => {
    const { created } = await register()
    const response = { ...registrationOf(created), id: OTHER }
    expect(await verifyRegistration(response, expected)).toEqual({ ok: false, refusal: 'credential-id' })
  })

  it.each(['clientDataJson', 'attestationObject'] as const)(
    'not with %s that is not base64url',
    async (member) => {
      const { created } = await register()
      const response = registrationOf(created)
      for (const text of [`${response[member]}=`, `${response[member]} `, '!', 'A'.repeat(20_000)]) {
        const verified = await verifyRegistration({ ...response, [member]: text }, expected)
        expect(verified.ok).toBe(false)
      }
    },
  )

  it('with an id of 1,023 bytes, extensions, and a statement about the make of the device', async () => {
    const long = await register({ credentialId: crypto.getRandomValues(new Uint8Array(1023)) })
    expect(long.verified.ok).toBe(true)
    const extensions = Uint8Array.fromHex('a16b6372656450726f7465637402') // {"credProtect": 2}
    expect((await register({ flags: AT | FLAGS.ed, trailing: extensions })).verified.ok).toBe(true)
    const make = { fmt: 'android-safetynet', attStmt: new Map([['ver', '1']]) }
    expect((await register({ attestation: make })).verified.ok).toBe(true)
  })

  it('without a person verified where that is only preferred', async () => {
    const created = await createPasskey(input, { flags: AT & ~FLAGS.uv })
    const verified = await verifyRegistration(registrationOf(created), {
      ...expected,
      userVerification: 'preferred',
    })
    expect(verified).toMatchObject({ ok: true, passkey: { userVerified: false } })
  })

  it('never throws, whatever is sent, and never accepts a byte that was changed', async () => {
    const { created } = await register({}, { selfAttested: true })
    const good = registrationOf(created)
    for (const member of ['clientDataJson', 'attestationObject'] as const) {
      const bytes = parseBase64url(good[member]) ?? new Uint8Array()
      for (let at = 0; at < bytes.length; at++) {
        const changed = encodeBase64url(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))))
        const verified = await verifyRegistration({ ...good, [member]: changed }, expected)
        expect(verified.ok, `${member}, byte ${at}`).toBe(false)
      }
    }
  })
})

describe('WAN-04: a passkey is used', () => {
  it.each(ALGORITHMS)('with algorithm %i', async (alg) => {
    const { passkey, record } = await stored(alg)
    const used = await usePasskey(passkey, input)
    expect(await verifyAssertion(assertionOf(used), record, { ...expected, isUserKnown: false })).toEqual({
      ok: true,
      assertion: { userVerified: true, backedUp: true, signCount: 0, counter: 'unused' },
    })
    expect(await judgeAssertion(used, record)).toBe(true)
  })

  const der = (change: (bytes: number[]) => number[]) => (signature: Uint8Array) =>
    new Uint8Array(change([...signature]))

  it.each<{ what: string; refusal: string; bent: Bent; alg?: Alg; judged?: 'accepted' | 'registered' }>([
    ...BENT,
    {
      what: 'the type of a registration',
      refusal: 'type',
      bent: { clientData: { type: 'webauthn.create' } },
    },
    {
      what: 'a passkey that is announced and not there',
      refusal: 'authenticator-data',
      bent: { flags: GOOD | FLAGS.at },
    },
    {
      what: 'a passkey in it',
      refusal: 'authenticator-data',
      // A model of zeros, an id of 16 bytes, and a key without members.
      bent: {
        flags: GOOD | FLAGS.at,
        trailing: new Uint8Array([...new Uint8Array(16), 0, 16, ...new Uint8Array(16), 0xa0]),
      },
      judged: 'accepted',
    },
    {
      what: 'something behind the data',
      refusal: 'authenticator-data',
      bent: { trailing: Uint8Array.of(0) },
    },
    {
      what: 'a passkey that cannot be backed up any more',
      refusal: 'backup-eligibility',
      bent: { flags: FLAGS.up | FLAGS.uv },
      judged: 'accepted',
    },
    {
      what: 'the handle of somebody else',
      refusal: 'user-handle',
      bent: { userHandle: OTHER },
      judged: 'accepted',
    },
    { what: 'no handle', refusal: 'user-handle', bent: { userHandle: null }, judged: 'accepted' },
    { what: 'no signature', refusal: 'signature', bent: { signature: () => new Uint8Array() } },
    {
      what: 'the signature of another key',
      refusal: 'signature',
      bent: { signature: () => Uint8Array.fromHex('3006020101020101') },
    },
    {
      what: 'a byte behind the signature',
      refusal: 'signature',
      judged: 'accepted',
      bent: { signature: der((bytes) => [...bytes, 0]) },
    },
    {
      what: 'an Ed25519 signature cut short',
      alg: -8,
      refusal: 'signature',
      bent: { signature: (bytes) => bytes.slice(0, 63) },
    },
    {
      what: 'an RSA signature cut short',
      alg: -257,
      refusal: 'signature',
      bent: { signature: (bytes) => bytes.slice(0, 255) },
    },
    {
      what: 'an RSA signature that is too long',
      alg: -257,
      refusal: 'signature',
      bent: { signature: () => new Uint8Array(513) },
    },
  ])('WAN-02, WAN-03: not with $what', async ({ refusal, bent, alg = -7, judged }) => {
    const { passkey, record } = await stored(alg)
    const used = await usePasskey(passkey, input, bent)
    expect(await verifyAssertion(assertionOf(used), record, { ...expected, isUserKnown: false })).toEqual({
      ok: false,
      refusal,
    })
    expect(await judgeAssertion(used, record)).toBe(judged === 'accepted')
  })

  it.each([
    [
      'a zero in front of r',
      (r: number[], s: number[]) => [
        0x30,
        r.length + s.length + 5,
        2,
        r.length + 1,
        0,
        ...r,
        2,
        s.length,
        ...s,
      ],
    ],
    [
      'a long length',
      (r: number[], s: number[]) => [
        0x30,
        0x81,
        r.length + s.length + 4,
        2,
        r.length,
        ...r,
        2,
        s.length,
        ...s,
      ],
    ],
    [
      'a set',
      (r: number[], s: number[]) => [0x31, r.length + s.length + 4, 2, r.length, ...r, 2, s.length, ...s],
    ],
    [
      'an octet string for s',
      (r: number[], s: number[]) => [0x30, r.length + s.length + 4, 2, r.length, ...r, 4, s.length, ...s],
    ],
    ['one integer', (r: number[]) => [0x30, r.length + 2, 2, r.length, ...r]],
    ['an empty integer', (r: number[]) => [0x30, r.length + 4, 2, r.length, ...r, 2, 0]],
    [
      'a negative r',
      (r: number[], s: number[]) => [
        0x30,
        r.length + s.length + 4,
        2,
        r.length,
        (r[0] ?? 0) | 0x80,
        ...r.slice(1),
        2,
        s.length,
        ...s,
      ],
    ],
    [
      'an integer of 33 bytes',
      (_: number[], s: number[]) => [0x30, 33 + s.length + 4, 2, 33, ...Array(33).fill(1), 2, s.length, ...s],
    ],
  ])('an ECDSA signature has one spelling: not %s', async (_, spell) => {
    const { passkey, record } = await stored()
    const used = await usePasskey(passkey, input, {
      signature: der((bytes) => {
        const rEnd = 4 + (bytes[3] ?? 0)
        return spell(bytes.slice(4, rEnd), bytes.slice(rEnd + 2))
      }),
    })
    const verified = await verifyAssertion(assertionOf(used), record, { ...expected, isUserKnown: false })
    expect(verified).toEqual({ ok: false, refusal: 'signature' })
  })

  it('WAN-05: not as another passkey, and without a handle only where the account is known', async () => {
    const { passkey, record } = await stored()
    const used = assertionOf(await usePasskey(passkey, input, { userHandle: null }))
    const known = { ...expected, isUserKnown: true }
    expect((await verifyAssertion(used, record, known)).ok).toBe(true)
    expect(await verifyAssertion({ ...used, userHandle: OTHER }, record, known)).toEqual({
      ok: false,
      refusal: 'user-handle',
    })
    expect(await verifyAssertion({ ...used, id: OTHER }, record, known)).toEqual({
      ok: false,
      refusal: 'credential-id',
    })
    const otherKey = { ...record, publicKey: (await stored()).record.publicKey }
    expect(await verifyAssertion(used, otherKey, known)).toEqual({ ok: false, refusal: 'signature' })
    const noKey = { ...record, publicKey: '!' }
    expect(await verifyAssertion(used, noKey, known)).toEqual({ ok: false, refusal: 'public-key' })
  })

  it.each([
    { storedCount: 0, presented: 0, counter: 'unused' },
    { storedCount: 0, presented: 1, counter: 'advanced' },
    { storedCount: 5, presented: 4_294_967_295, counter: 'advanced' },
    { storedCount: 5, presented: 5, counter: 'regressed' },
    { storedCount: 5, presented: 4, counter: 'regressed' },
    { storedCount: 5, presented: 0, counter: 'regressed' },
  ])(
    'WAN-03: the counter was $storedCount and is $presented: $counter',
    async ({ storedCount, presented, counter }) => {
      const { passkey, record } = await stored()
      const used = assertionOf(await usePasskey(passkey, input, { signCount: presented }))
      const known = { ...expected, isUserKnown: true }
      expect(await verifyAssertion(used, { ...record, signCount: storedCount }, known)).toMatchObject({
        ok: true,
        assertion: { counter },
      })
    },
  )

  it('never throws, whatever is sent, and never accepts a byte that was changed', async () => {
    const { passkey, record } = await stored()
    const good = assertionOf(await usePasskey(passkey, input))
    const known = { ...expected, isUserKnown: true }
    for (const member of ['clientDataJson', 'authenticatorData', 'signature'] as const) {
      const bytes = parseBase64url(good[member]) ?? new Uint8Array()
      for (let at = 0; at < bytes.length; at++) {
        const changed = encodeBase64url(bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))))
        expect(
          (await verifyAssertion({ ...good, [member]: changed }, record, known)).ok,
          `${member}, byte ${at}`,
        ).toBe(false)
      }
    }
    const text = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => encodeBase64url(bytes)),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.record({ clientDataJson: text, authenticatorData: text, signature: text }),
        async (fields) => {
          return !(await verifyAssertion({ ...good, ...fields }, record, known)).ok
        },
      ),
    )
  })
})
