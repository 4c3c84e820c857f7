import type { Mutation } from './mutation.ts'

const VERIFIER = ['test/passkeys/verifier.test.ts']
const REGISTRATION = ['test/contracts/passkeys.test.ts']
const SIGN_IN = ['test/contracts/passkey-sign-in.test.ts']
const CBOR = ['test/passkeys/cbor.test.ts']

/** The guards of passkeys. */
export const PASSKEY_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a passkey that is removed ends the other sessions that rest on one',
    cut: 'id <> :session_id AND',
    put: 'id <> :session_id AND 1 = 0 AND',
    tests: ['test/contracts/advisories.test.ts'],
  },
  {
    guard: 'a passkey answers the challenge of this ceremony',
    cut: ' challenge',
    put: " challenge && challenge === ''",
    tests: VERIFIER,
  },
  {
    guard: 'a passkey is used on an origin that is listed',
    cut: 'includes(data.origin',
    put: 'some((origin) => new URL(String(data.origin)).hostname.endsWith(new URL(origin).hostname)',
    tests: VERIFIER,
  },
  {
    guard: 'a response of one ceremony is worth nothing in the other',
    cut: ' type',
    put: " type && !String(data.type).startsWith('webauthn.')",
    tests: VERIFIER,
  },
  {
    guard: 'no passkey is asked for inside a frame of another site',
    cut: 'data.crossOrigin !== false',
    put: 'typeof data.crossOrigin !== "boolean"',
    tests: VERIFIER,
  },
  {
    guard: 'an authenticator acted for this relying party',
    cut: 'await sha256(new TextEncoder().encode(rpId)))',
    put: 'rpIdHash) && rpId',
    tests: VERIFIER,
  },
  {
    guard: 'somebody was present',
    cut: 'userPresent)',
    put: 'userPresent && backedUp && !userVerified)',
    tests: VERIFIER,
  },
  {
    guard: 'the person was verified where that is required',
    cut: 'userVerification',
    put: '!userPresent && userVerification',
    tests: VERIFIER,
  },
  {
    guard: 'what is backed up can be backed up',
    cut: 'backupEligible)',
    put: 'backupEligible && !userPresent)',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey does not become one that can be copied',
    cut: '!== passkey',
    put: '&& !passkey',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey belongs to whom it says',
    cut: ' === passkey.userHandle',
    put: '.length === passkey.userHandle.length',
    tests: VERIFIER,
  },
  {
    guard: 'an assertion is signed by the key of the passkey',
    cut: 'signed)))',
    put: 'signed)) && signature.length === 0)',
    tests: VERIFIER,
  },
  {
    guard: 'a passkey that attests itself has signed',
    cut: '(await key.verify(signature, signed))',
    put: 'signed.length > 0',
    tests: VERIFIER,
  },
  {
    guard: 'a registration names the id that its authenticator made',
    cut: ' !== credentialId',
    put: '.length !== credentialId.length',
    tests: VERIFIER,
  },
  {
    guard: 'the id of a passkey is as long as one',
    cut: '!isCredentialIdLength(credential.id.length) || ',
    put: '',
    tests: VERIFIER,
  },
  {
    guard: 'an assertion brings no passkey along',
    cut: ' || data.credential',
    put: '',
    tests: VERIFIER,
  },
  { guard: 'nothing follows authenticator data', tests: VERIFIER },
  { guard: 'a COSE key is of the type, the algorithm and the curve that it is read as', tests: VERIFIER },
  { guard: 'an RSA key of a passkey has the exponent of all', tests: VERIFIER },
  {
    guard: 'a COSE key has no member more than its type needs',
    cut: ' !== fixed',
    put: ' < fixed',
    tests: VERIFIER,
  },
  {
    guard: 'a map of CBOR has each key once',
    cut: 'at !== -1 && (key',
    put: 'at === -1 || (key',
    tests: CBOR,
  },
  {
    guard: 'a map of CBOR has its keys in order',
    cut: '(key[at] ?? 0) > (previous[at] ?? 0)',
    put: 'key.length > 0',
    tests: CBOR,
  },
  {
    guard: 'CBOR nests as deep as authenticators do, and no deeper',
    cut: ' || depth > MAX_DEPTH',
    put: '',
    tests: CBOR,
  },
  {
    guard: 'a number of CBOR has one encoding',
    cut: 'smallest',
    put: '0',
    tests: CBOR,
  },
  {
    guard: 'a challenge of a passkey works once',
    cut: 'ON CONFLICT DO NOTHING',
    put: 'ON CONFLICT (challenge_id) DO UPDATE SET expires_at = excluded.expires_at',
    tests: [...REGISTRATION, ...SIGN_IN],
  },
  {
    guard: 'a sign-in is completed by a passkey of its own account',
    cut: '!== pending.userId',
    put: '=== undefined',
    tests: ['test/contracts/passkey-step.test.ts'],
  },
  {
    guard: 'a challenge belongs to the one it was made for',
    cut: 'ceremony, holder',
    put: 'ceremony, holder.length',
    tests: [...REGISTRATION, ...SIGN_IN],
  },
  {
    guard: 'a challenge expires',
    cut: 'now < expiresAt',
    put: 'now < expiresAt + 3600',
    tests: [...REGISTRATION, ...SIGN_IN],
  },
  {
    guard: 'a counter that went back refuses a passkey that stays on one device',
    cut: "'regressed'",
    put: "'regressed' && signCount < 0",
    tests: SIGN_IN,
  },
  {
    guard: 'a change of ways in needs a recent sign-in',
    cut: 'now - terms',
    put: 'now - 1000 * terms',
    tests: REGISTRATION,
  },
  {
    guard: 'the challenge of an enrolment is answered in its own sign-in',
    cut: '!(await',
    put: 'false && !(await',
    tests: ['test/contracts/required-second-factor.test.ts'],
  },
  {
    guard: 'the last way in stays',
    cut: 'AND other.id <> :id',
    put: '',
    tests: ['test/social/linking.test.ts'],
  },
]
