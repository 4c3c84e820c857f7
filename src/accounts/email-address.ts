/** An e-mail address as its owner writes it, and the one form by which an account is found. */
export interface EmailAddress {
  /** Mail goes here: the local part as typed, the domain as DNS has it. */
  readonly address: string
  /** Equal for all spellings of one account; used for every look-up, counter and constraint, and for nothing else. */
  readonly canonical: string
}

/** RFC 5321 §4.5.3.1: local part 64 octets, path 256 with its angle brackets. */
const LOCAL_MAX_BYTES = 64
const ADDRESS_MAX_BYTES = 254

/**
 * Parses an address, or gives `null`.
 *
 * Domain: as UTS #46 maps it (case, full width, IDN to punycode), without a final dot. Local part: case and
 * compatibility forms (NFKC) are folded, because no provider of note gives `Ada@` and `ada@` to two people; dots
 * and `+tags` are kept, because some do. Quoted local parts, comments and address literals are refused.
 */
export function parseEmailAddress(text: string): EmailAddress | null {
  // Before anything is normalised: that can take long for a long text.
  if (text.length > ADDRESS_MAX_BYTES) return null
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at).normalize('NFC')
  const domain = parseDomain(text.slice(at + 1))
  if (at < 1 || domain === null) return null

  // Lower-casing makes two small letters of the one capital sigma, by where it stands.
  const canonicalLocal = local.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  const address = `${local}@${domain}`
  const canonical = `${canonicalLocal}@${domain}`
  const fits =
    bytes(local) <= LOCAL_MAX_BYTES &&
    bytes(address) <= ADDRESS_MAX_BYTES &&
    bytes(canonical) <= ADDRESS_MAX_BYTES
  return LOCAL_PART.test(local) && LOCAL_PART.test(canonicalLocal) && fits ? { address, canonical } : null
}

/** Dot-atom of RFC 5322 §3.2.3, with letters, marks and digits of any script (RFC 6532 §3.2). */
const LOCAL_PART = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u

/** A name with at least two labels, the last not numeric, so that no IP address passes for a domain. */
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

function parseDomain(text: string): string | null {
  // The URL parser maps domains as UTS #46 says; what has another meaning in a URL must not reach it.
  if (!/^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u.test(text) || !URL.canParse(`https://${text}/`))
    return null
  const domain = new URL(`https://${text}/`).hostname.replace(/\.$/, '')
  return DOMAIN.test(domain) ? domain : null
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength
}
