import type { Mutation } from './core-mutations.ts'

const VERIFIER = ['test/passkeys/verifier.test.ts']
const CBOR = ['test/passkeys/cbor.test.ts']

/** The guards of passkeys. */
export const PASSKEY_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a passkey answers the challenge of this ceremony',
    file: 'src/passkeys/client-data.ts',
    from: 'data.challenge !== challenge',
    to: "data.challenge !== challenge && challenge === ''",
    tests: VERIFIER,
  },
  {
    guard: 'a passkey is used on an origin that is listed',
    file: 'src/passkeys/client-data.ts',
    from: '!origins.includes(data.origin)',
    to: '!origins.some((origin) => new URL(String(data.origin)).hostname.endsWith(new URL(origin).hostname))',
    tests: VERIFIER,
  },
  {
    guard: 'a response of one ceremony is worth nothing in the other',
    file: 'src/passkeys/client-data.ts',
    from: 'data.type !== type',
    to: "data.type !== type && !String(data.type).startsWith('webauthn.')",
    tests: VERIFIER,
  },
  {
    guard: 'no passkey is asked for inside a frame of another site',
    file: 'src/passkeys/client-data.ts',
    from: 'data.crossOrigin !== undefined && data.crossOrigin !== false',
    to: 'data.crossOrigin !== undefined && typeof data.crossOrigin !== "boolean"',
    tests: VERIFIER,
  },
  {
    guard: 'an authenticator acted for this relying party',
    file: 'src/passkeys/verify-registration.ts',
    from: 'if (!constantTimeEqual(rpIdHash, await sha256(new TextEncoder().encode(rpId))))',
    to: 'if (!constantTimeEqual(rpIdHash, rpIdHash) && rpId)',
    tests: VERIFIER,
  },
  {
    guard: 'somebody was present',
    file: 'src/passkeys/verify-registration.ts',
    from: "if (!userPresent) return 'user-presence'",
    to: "if (!userPresent && backedUp && !userVerified) return 'user-presence'",
    tests: VERIFIER,
  },
  {
    guard: 'the person was verified where that is required',
    file: 'src/passkeys/verify-registration.ts',
    from: "if (!userVerified && userVerification === 'required')",
    to: "if (!userVerified && !userPresent && userVerification === 'required')",
    tests: VERIFIER,
  },
  {
    guard: 'what is backed up can be backed up',
    file: 'src/passkeys/verify-registration.ts',
    from: 'if (backedUp && !backupEligible)',
    to: 'if (backedUp && !backupEligible && !userPresent)',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey does not become one that can be copied',
    file: 'src/passkeys/verify-assertion.ts',
    from: 'data.backupEligible !== passkey.backupEligible',
    to: 'data.backupEligible && !passkey.backupEligible',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey belongs to whom it says',
    file: 'src/passkeys/verify-assertion.ts',
    from: 'userHandle === null ? expected.isUserKnown : userHandle === passkey.userHandle',
    to: 'userHandle === null ? expected.isUserKnown : userHandle.length === passkey.userHandle.length',
    tests: VERIFIER,
  },
  {
    guard: 'an assertion is signed by the key of the passkey',
    file: 'src/passkeys/verify-assertion.ts',
    from: 'if (!(await parsed.key.verify(signature, signed)))',
    to: 'if (!(await parsed.key.verify(signature, signed)) && signature.length === 0)',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey that attests itself has signed',
    file: 'src/passkeys/verify-registration.ts',
    from: 'signature instanceof Uint8Array && (await key.verify(signature, signed))',
    to: 'signature instanceof Uint8Array && signed.length > 0',
    tests: VERIFIER,
  },
  {
    guard: 'a registration names the id that its authenticator made',
    file: 'src/passkeys/verify-registration.ts',
    from: 'id !== credentialId',
    to: 'id.length !== credentialId.length',
    tests: VERIFIER,
  },
  {
    guard: 'a COSE key has no member more than its type needs',
    file: 'src/passkeys/public-key.ts',
    from: 'members.size !== fixed.length + bytes.length',
    to: 'members.size < fixed.length + bytes.length',
    tests: VERIFIER,
  },
  {
    guard: 'a map of CBOR has each key once',
    file: 'src/passkeys/cbor.ts',
    from: 'return at !== -1 && (key[at] ?? 0) > (previous[at] ?? 0)',
    to: 'return at === -1 || (key[at] ?? 0) > (previous[at] ?? 0)',
    tests: CBOR,
  },
  {
    guard: 'a number of CBOR has one encoding',
    file: 'src/passkeys/cbor.ts',
    from: 'argument >= smallest ?',
    to: 'argument >= 0 ?',
    tests: CBOR,
  },
]
