import { parse } from 'tldts'
import type { Config } from '../../../src/config/config.ts'
import { error, type Finding, ok } from './finding.ts'

/** Checks for which domain passkeys are made: browsers make none for a public suffix, and changing it makes each one unusable. */
export function checkPasskeys({ passkeyRpId, origin }: Config): readonly Finding[] {
  const check = 'settings.PASSKEY_RP_ID'
  if (passkeyRpId === null) return []
  const { publicSuffix } = parse(passkeyRpId, { allowPrivateDomains: true })
  const { hostname } = new URL(origin)
  if (publicSuffix === passkeyRpId) {
    // The check of the address has said so of the host of ISSUER.
    if (passkeyRpId === hostname) return []
    const what = `PASSKEY_RP_ID is ${passkeyRpId}, a public suffix, so browsers make no passkeys for it.`
    return [error(check, what, `Set it to the host of ISSUER, ${hostname}, or to none.`)]
  }
  const what = `Passkeys are made for ${passkeyRpId}. Keep PASSKEY_RP_ID when ISSUER moves: with another value every passkey is unusable.`
  return [ok(check, what)]
}
