// The test vectors of the standard, with their source in the file.
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { describe, expect, it } from 'vitest'
import { parseBase64url } from '../../src/crypto/base64url'
import { verifyAssertion } from '../../src/passkeys/verify-assertion'
import { verifyRegistration } from '../../src/passkeys/verify-registration'
import { origin, rpId, vectors } from './webauthn.json'

/** The reason why each registration is refused; `null`: it is accepted, and so is the sign-in with it. */
const REFUSALS: Readonly<Record<string, string | null>> = {
  'sctn-test-vectors-none-es256': null,
  'sctn-test-vectors-packed-self-es256': null,
  'sctn-test-vectors-none-es256-crossOrigin': 'cross-origin',
  'sctn-test-vectors-none-es256-topOrigin': 'cross-origin',
  'sctn-test-vectors-none-es256-long-credential-id': null,
  'sctn-test-vectors-packed-es256': null,
  'sctn-test-vectors-packed-es384': 'algorithm',
  'sctn-test-vectors-packed-es512': 'algorithm',
  'sctn-test-vectors-packed-rs256': null,
  'sctn-test-vectors-packed-eddsa': null,
  'sctn-test-vectors-packed-ed448': 'algorithm',
  'sctn-test-vectors-tpm-es256': null,
  'sctn-test-vectors-android-key-es256': null,
  'sctn-test-vectors-apple-es256': null,
  'sctn-test-vectors-fido-u2f-es256': null,
}

const expected = { origins: [origin], rpId, userVerification: 'preferred' } as const
type Vector = (typeof vectors)[number]

function register({ registration: { challenge, credential_id, clientDataJSON, attestationObject } }: Vector) {
  const response = { id: credential_id, clientDataJson: clientDataJSON, attestationObject }
  return verifyRegistration(response, { ...expected, challenge })
}

function assertionOf({ registration, authentication }: Vector) {
  const { clientDataJSON, authenticatorData, signature } = authentication
  return {
    id: registration.credential_id,
    clientDataJson: clientDataJSON,
    authenticatorData,
    signature,
    userHandle: 'handle',
  }
}

describe('WAN-04: the test vectors of WebAuthn Level 3 §16', () => {
  it('are the fifteen of the standard', () => {
    expect(vectors.map(({ section }) => section)).toEqual(Object.keys(REFUSALS))
  })

  it.each(vectors)('WAN-02: $section', async (vector) => {
    const refusal = REFUSALS[vector.section]
    const registered = await register(vector)
    if (refusal !== null) return expect(registered).toEqual({ ok: false, refusal })
    expect(registered).toMatchObject({
      ok: true,
      passkey: { credentialId: vector.registration.credential_id },
    })
    if (!registered.ok) return
    const passkey = { ...registered.passkey, userHandle: 'handle' }
    const { challenge } = vector.authentication
    const used = await verifyAssertion(assertionOf(vector), passkey, {
      ...expected,
      challenge,
      isUserKnown: false,
    })
    expect(used).toMatchObject({ ok: true, assertion: { signCount: 0 } })

    // A second verifier comes to the same end.
    const { clientDataJSON, authenticatorData, signature } = vector.authentication
    const judged = await verifyAuthenticationResponse({
      response: {
        id: passkey.credentialId,
        rawId: passkey.credentialId,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      credential: {
        id: passkey.credentialId,
        publicKey: parseBase64url(passkey.publicKey) ?? new Uint8Array(),
        counter: 0,
      },
    })
    expect(judged.verified).toBe(true)
    expect(judged.authenticationInfo.userVerified).toBe(used.ok && used.assertion.userVerified)
  })

  it.each(vectors.filter(({ section }) => /none-es256$|self/.test(section)))(
    '$section: a second verifier reads the same passkey',
    async (vector) => {
      const { challenge, credential_id: id, clientDataJSON, attestationObject } = vector.registration
      const judged = await verifyRegistrationResponse({
        response: {
          id,
          rawId: id,
          type: 'public-key',
          clientExtensionResults: {},
          response: { clientDataJSON, attestationObject },
        },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpId,
        requireUserVerification: false,
      })
      const own = await register(vector)
      expect(own.ok && own.passkey.publicKey).toBe(
        judged.registrationInfo?.credential.publicKey.toBase64({ alphabet: 'base64url', omitPadding: true }),
      )
    },
  )
})
