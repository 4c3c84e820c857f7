import { checkVisibleText } from '../identity/visible-text'

/** Returns the name that a provider states for a person, as an account may have it, or `null`. */
export function readClaimedName(claimed: unknown): string | null {
  if (typeof claimed !== 'string' || !claimed.isWellFormed()) return null
  const name = claimed.trim().normalize('NFC')
  return name !== '' && [...name].length <= 100 && checkVisibleText(name) === null ? name : null
}
