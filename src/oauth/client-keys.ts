// This file imports no code: the command line reads it as it is.

/** A public key of a client, as it is registered (RFC 7517 §4). */
export interface ClientKey {
  readonly kty: string
  readonly kid: string
  readonly [member: string]: unknown
}

/** Names how a client may sign an assertion, by type and curve of its key. There is no `none`, and no secret that Janus would have to keep. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  'EC P-256': 'ES256',
  'OKP Ed25519': 'EdDSA',
  'RSA ': 'RS256',
}

/** Lists how a client may sign an assertion. */
export const ASSERTION_ALGORITHMS = Object.values(ALGORITHMS)

/** 2,048 bits in base64url (RFC 7518 §3.3). */
const RSA_MIN_LENGTH = 342

/** More than a client that changes its keys needs. */
const MOST_KEYS = 10

/** Returns the one algorithm of a key; `undefined` for a key of another kind. */
export function algorithmOf({ kty, crv = '' }: ClientKey): string | undefined {
  return ALGORITHMS[`${kty} ${crv}`]
}

/** Returns what is wrong with a key set that a client wants to prove itself by; `null` if nothing is. */
export function checkClientKeys(document: unknown): string | null {
  const { keys } = (typeof document === 'object' && document !== null ? document : {}) as { keys?: unknown }
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MOST_KEYS)
    return `must be a JSON Web Key Set of 1 to ${MOST_KEYS} keys`
  const seen = new Set<unknown>()
  for (const key of keys as Partial<Record<string, unknown>>[]) {
    if (typeof key !== 'object' || key === null) return 'must be a JSON Web Key Set'
    const { kid, kty, alg, n } = key
    // guard: a registered key is public
    if (['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'].some((member) => member in key))
      return 'must hold public keys alone: a member of a private key is in it'
    if (typeof kid !== 'string' || kid === '' || kid.length > 200 || seen.has(kid))
      return 'must have keys with a kid each, which differ'
    seen.add(kid)
    const own = typeof kty === 'string' ? algorithmOf({ ...key, kty, kid }) : undefined
    if (own === undefined || (alg !== undefined && alg !== own))
      return 'must have keys for ES256, EdDSA (Ed25519) or RS256'
    // guard: an RSA key of a client is long enough
    if (kty === 'RSA' && (typeof n !== 'string' || n.length < RSA_MIN_LENGTH))
      return 'must have RSA keys of at least 2,048 bits'
  }
  return null
}

/**
 * Returns the keys of a set that its owner publishes by which assertions can be verified. Others, as those for encryption, are passed over. Empty: there
 * is none, or the set cannot be believed.
 */
export function usableKeys(document: unknown): readonly ClientKey[] {
  const { keys } = (typeof document === 'object' && document !== null ? document : {}) as { keys?: unknown }
  const published = Array.isArray(keys) ? (keys as readonly ClientKey[]) : []
  // guard: whoever publishes a private key proves nothing by it
  if (published.some((key) => typeof key === 'object' && key !== null && 'd' in key)) return []
  const usable = published
    .filter((key) => checkClientKeys({ keys: [key] }) === null && isToVerify(key))
    .map(whatVerifies)
    .filter(isKeepable)
  const kids = usable.map(({ kid }) => kid)
  return usable.filter(({ kid }, index) => kids.indexOf(kid) === index).slice(0, MOST_KEYS)
}

/** Returns whether a key says that it verifies, or nothing about what it is for (RFC 7517 §4.2, §4.3). */
function isToVerify({ use = 'sig', key_ops: operations = ['verify'] }: ClientKey): boolean {
  return use === 'sig' && Array.isArray(operations) && operations.includes('verify')
}

/** Lists the members that verify and name a key. All are texts. */
const MEMBERS = ['kty', 'kid', 'use', 'alg', 'crv', 'x', 'y', 'n', 'e']

/** Returns what verifies of a key that a stranger wrote. */
function whatVerifies(key: ClientKey): ClientKey {
  // guard: whatever else a key says is not kept
  return Object.fromEntries(Object.entries(key).filter(([name]) => MEMBERS.includes(name))) as ClientKey
}

/** Returns whether every database keeps a key: PostgreSQL takes no JSON with a NUL, or with what is no Unicode. */
function isKeepable(key: ClientKey): boolean {
  return Object.values(key).every(
    // guard: a key is made of texts that can be kept
    (member) => typeof member === 'string' && member.isWellFormed() && !member.includes('\0'),
  )
}
