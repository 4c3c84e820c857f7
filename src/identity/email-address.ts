/** An email address as its owner writes it, and the one form by which an account is found. */
export interface EmailAddress {
  /** Shown to its owner, and kept: the local part as typed, the domain in the letters in which it was typed. */
  readonly address: string
  /** Equal for all spellings of one account; used for every look-up, counter and constraint, and for nothing else. */
  readonly canonical: string
}

/** RFC 5321 §4.5.3.1: local part 64 octets, path 256 with its angle brackets. */
const LOCAL_MAX_BYTES = 64
const ADDRESS_MAX_BYTES = 254

/** Holds what nobody sees and keyboards, editors and address books add: blanks, zero-width characters, marks of direction. */
const INVISIBLE = String.raw`[\p{White_Space}\p{Default_Ignorable_Code_Point}]`
const INVISIBLE_ENDS = new RegExp(`^${INVISIBLE}+|(?<!${INVISIBLE})${INVISIBLE}+$`, 'gu')

/**
 * Parses an address, or gives `null`. Takes what `<input type="email">` takes (HTML §4.10.5.1.5) where the domain has two labels,
 * letters of every script besides, and whatever is invisible around it.
 *
 * Domain: as UTS #46 maps it (case, full width, IDN to punycode), without a final dot. Local part: case and
 * compatibility forms (NFKC) are folded, because no provider of note gives `Ada@` and `ada@` to two people; dots
 * and `+tags` are kept, because some do. Quoted local parts, comments and address literals are refused.
 */
export function parseEmailAddress(typed: string): EmailAddress | null {
  const text = typed.replace(INVISIBLE_ENDS, '')
  // Before anything is normalised: that can take long for a long text.
  if (text.length > ADDRESS_MAX_BYTES) return null
  const at = text.lastIndexOf('@')
  const local = text.slice(0, at).normalize('NFC')
  const typedDomain = text.slice(at + 1)
  const domain = parseDomain(typedDomain)
  if (at < 1 || domain === null) return null

  // Lower-casing makes two small letters of the one capital sigma, by where it stands.
  const canonicalLocal = local.normalize('NFKC').toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  const canonical = `${canonicalLocal}@${domain}`
  const fits =
    bytes(local) <= LOCAL_MAX_BYTES &&
    bytes(`${local}@${domain}`) <= ADDRESS_MAX_BYTES &&
    bytes(canonical) <= ADDRESS_MAX_BYTES
  return LOCAL_PART.test(local) && LOCAL_PART.test(canonicalLocal) && fits
    ? { address: `${local}@${readableDomain(typedDomain, domain)}`, canonical }
    : null
}

/** Returns an address that was parsed as mail carriers take it: its domain as DNS has it. */
export function deliveryAddress(address: string): string {
  const parsed = parseEmailAddress(address)
  return parsed === null
    ? address
    : address.slice(0, address.lastIndexOf('@')) + parsed.canonical.slice(parsed.canonical.lastIndexOf('@'))
}

// guard: no invisible character makes another address
/**
 * Letters, marks and digits of any script (RFC 6532 §3.2) that can be seen, and the signs of RFC 5322 §3.2.3. Dots may stand anywhere:
 * there are mailboxes of Japanese carriers that begin or end with one, or have two in a row.
 */
const LOCAL_PART = /^(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-])+$/u

/** A name with at least two labels, the last not numeric, so that no IP address passes for a domain. */
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

function parseDomain(text: string): string | null {
  // The URL parser maps domains as UTS #46 says; what has another meaning in a URL must not reach it.
  if (!/^[\p{L}\p{M}\p{N}.\u3002\uff0e\uff61-]+$/u.test(text) || !URL.canParse(`https://${text}/`))
    return null
  const domain = new URL(`https://${text}/`).hostname.replace(/\.$/, '')
  return DOMAIN.test(domain) ? domain : null
}

/** Returns a domain in small letters of the script in which it was typed, if that is the same domain; else as DNS has it. */
function readableDomain(typed: string, domain: string): string {
  // Letter by letter, as UTS #46 does it: `toLowerCase` ends a word in another sigma than it has inside.
  const readable = [...typed.normalize('NFKC')]
    .map((letter) => letter.toLowerCase())
    .join('')
    .normalize('NFKC')
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .replace(/\.$/, '')
  const visible = !/\p{Default_Ignorable_Code_Point}/u.test(readable)
  // guard: a domain is shown in letters that are the same domain
  // guard: a domain is shown without what cannot be seen
  return visible && parseDomain(readable) === domain ? readable : domain
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength
}
