import type { WaysIn } from '../../identity/ways-in'
import type { Services } from '../../services'

/** Returns what opens accounts of this service besides a password. */
export function waysIn({ mail, passkeyPart, socialPart }: Services): WaysIn {
  return {
    mail: (mail?.delivery ?? null) !== null,
    passkeys: Boolean(passkeyPart?.relyingParty),
    providers: (socialPart?.providers ?? []).map(({ name }) => name),
  }
}
