import { expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import {
  createSocialSeals,
  type IdentityOffer,
  newSecrets,
  type SocialAttempt,
} from '../../src/social/attempt'

const ISSUER = 'https://example.com/auth'
const NOW = 1_000

/** Seals under one secret. */
function sealsOf(issuer: string) {
  return createSocialSeals({
    keyring: createKeyring(['Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE']),
    issuer,
  })
}

const ATTEMPT: SocialAttempt = {
  ...newSecrets(),
  provider: 'acme',
  mode: 'session',
  bindingHash: 'A'.repeat(43),
  returnTo: null,
  linksFor: null,
  expiresAt: NOW + 1,
}

const OFFER: IdentityOffer = {
  id: newSecrets().id,
  provider: 'acme',
  issuer: 'https://issuer.example.com',
  subject: '1',
  email: 'ada@example.com',
  canonicalEmail: 'ada@example.com',
  returnTo: null,
  expiresAt: NOW + 1,
}

it('SOC-01: what one kind of seal made, no other kind and no other issuer opens', async () => {
  const seals = sealsOf(ISSUER)
  const sealed = {
    attempts: await seals.attempts.seal(ATTEMPT),
    offers: await seals.offers.seal(OFFER),
    names: await seals.names.seal({ attemptId: ATTEMPT.id, name: 'Ada', expiresAt: NOW + 1 }),
  }
  const other = sealsOf('https://example.org/auth')
  const kinds = ['attempts', 'offers', 'names'] as const
  for (const made of kinds) {
    const text = sealed[made]
    for (const kind of kinds) {
      const opened = await seals[kind].open(text, NOW)
      expect(opened !== null, `${made} as ${kind}`).toBe(kind === made)
    }
    expect(await other[made].open(text, NOW)).toBeNull()
    expect(await seals[made].open(text, NOW + 1)).toBeNull()
    expect(text).not.toContain('acme')
  }
})
