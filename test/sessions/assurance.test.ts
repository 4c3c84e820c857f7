import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { type AuthenticationMethod, addProof, assuranceOf } from '../../src/sessions/assurance'
import { signedInPerson } from '../support/person'

const at = (...methods: readonly [AuthenticationMethod, number][]) =>
  methods.map(([method, when]) => ({ method, at: when }))

describe('MFA-08: what is said of a session', () => {
  it.each([
    ['a password', at(['pwd', 5]), ['pwd'], '1fa', 5],
    ['a mailed link', at(['link', 5]), ['otp'], '1fa', 5],
    ['a password and a code', at(['pwd', 5], ['totp', 9]), ['pwd', 'otp', 'mfa'], '2fa', 9],
    ['a password and a recovery code', at(['pwd', 5], ['recovery', 9]), ['pwd', 'otp', 'mfa'], '2fa', 9],
    // What is mailed and a code may be on one phone: the level of the account is reached, and two kinds of factors are not claimed.
    ['a mailed link and a code', at(['link', 5], ['totp', 9]), ['otp'], '2fa', 9],
    ['a password after both', at(['pwd', 50], ['totp', 9]), ['pwd', 'otp', 'mfa'], '2fa', 9],
    ['a password and what was mailed', at(['pwd', 5], ['link', 9]), ['pwd', 'otp'], '1fa', 9],
    ['nothing that is known', [], [], '1fa', 0],
  ] as const)('after %s', (_, methods, amr, level, authenticatedAt) => {
    expect(assuranceOf(methods)).toEqual({ amr, acr: `urn:janus:${level}`, authenticatedAt })
  })

  it('another proof takes the place of those of its kind', () => {
    const methods = at(['link', 5], ['totp', 9])
    expect(addProof(methods, { method: 'pwd', at: 20 })).toEqual(at(['pwd', 20], ['totp', 9]))
    expect(addProof(methods, { method: 'recovery', at: 20 })).toEqual(at(['link', 5], ['recovery', 20]))
  })
})

describe.each(['session', 'token'] as const)('a session in %s mode', (mode) => {
  it.each([
    ['pwd', ['pwd']],
    ['otp', ['otp']],
  ])('that an older version began with %s says what that version said', async (amr, words) => {
    const ada = await signedInPerson({ mode })
    const older = 'UPDATE sessions SET methods = NULL, amr = ?1 WHERE id = ?2'
    await env.DB.prepare(older).bind(amr, ada.sessionId).run()
    const { body } = await ada.get('/me')
    expect(body.session).toMatchObject({ amr: words, acr: 'urn:janus:1fa' })
    expect(body.session.authenticated_at).toBe(body.session.created_at)
  })

  it('says how and when its owner signed in', async () => {
    const ada = await signedInPerson({ mode })
    const row = await env.DB.prepare('SELECT methods, authenticated_at FROM sessions WHERE id = ?1')
      .bind(ada.sessionId)
      .first<{ methods: string; authenticated_at: number }>()
    expect(JSON.parse(row?.methods ?? '')).toEqual([{ method: 'pwd', at: row?.authenticated_at }])
    const { body } = await ada.get('/me')
    expect(body.session).toMatchObject({ amr: ['pwd'], acr: 'urn:janus:1fa' })
  })
})
