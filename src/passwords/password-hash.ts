import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import { constantTimeEqual } from '../crypto/constant-time'
import type { Keyring } from '../crypto/keyring'
import { randomBytes } from '../crypto/random'
import { PBKDF2_MAX_ITERATIONS, pbkdf2Sha256 } from './pbkdf2'

/**
 * Turns passwords into strings that can be stored, and checks them.
 *
 * The string is in the PHC form: `$pbkdf2-sha256-chain$v=1$i=25000,s=24,k=<pepper id>$<salt>$<hash>`.
 *
 *     block 0 = HMAC-SHA-256(pepper, NFC(password) in UTF-8)
 *     block n = PBKDF2-HMAC-SHA-256(password: block n-1, salt: salt ‖ uint32be(n), i iterations, 32 bytes)
 *     hash    = block s
 *
 * Work is i × s iterations. One PBKDF2 call may not do them all: production refuses more than 100,000 and holds the
 * isolate's only thread meanwhile, so the chain yields between segments and other requests are served. To guess a
 * password one has to do every segment in order, each with a salt of its own: a chain is no cheaper than one call.
 */
export interface PasswordHasher {
  /** Returns a new string for a password, at the configured cost and with a fresh salt. */
  hash(password: string): Promise<string>
  /**
   * Returns whether the password is the one the string was made from. `unusable`: the string is malformed, too dear to try,
   * or made with a pepper no longer configured, so it matches nothing; an operator should hear of it.
   */
  verify(password: string, stored: string): Promise<'match' | 'mismatch' | 'unusable'>
  /** Does the work of `verify` and nothing else, so that an account that does not exist costs what one does. */
  verifyNothing(password: string): Promise<void>
  /** Returns whether a correct password should be hashed again: the cost or the pepper has changed since. */
  isOutdated(stored: string): Promise<boolean>
}

const SCHEME = 'pbkdf2-sha256-chain'

/** Small, because a segment is how long another request may wait; smaller costs more in yields than it gains. */
const SEGMENT_ITERATIONS = 25_000

/** Above this the verifier would be the outage: what is stored is bounded before it is used. */
const MAX_TOTAL_ITERATIONS = 10_000_000

const SALT_BYTES = 16
const HASH_BYTES = 32

export function createPasswordHasher(options: {
  readonly keyring: Keyring
  /** Iterations in all; rounded up to whole segments. */
  readonly iterations: number
}): PasswordHasher {
  const { keyring } = options
  const cost: Cost = {
    iterations: SEGMENT_ITERATIONS,
    segments: Math.ceil(options.iterations / SEGMENT_ITERATIONS),
  }

  async function hash(password: string): Promise<string> {
    const pepper = await keyring.newest('password-pepper')
    const salt = randomBytes(SALT_BYTES)
    const bytes = await chain(await peppered(password, pepper.key), salt, cost)
    return format({ ...cost, pepperId: pepper.secretId, salt, hash: bytes })
  }

  return {
    hash,

    async verify(password, stored) {
      const expected = parse(stored)
      const peppers = await keyring.all('password-pepper')
      const pepper = peppers.find((candidate) => candidate.secretId === expected?.pepperId)
      if (!expected || !pepper) {
        await hash(password)
        return 'unusable'
      }
      const actual = await chain(await peppered(password, pepper.key), expected.salt, expected)
      // An older, cheaper hash costs what one of today costs, or a refusal would tell that the account exists.
      const missing = cost.iterations * cost.segments - expected.iterations * expected.segments
      if (missing > 0) {
        await chain(actual, expected.salt, { ...cost, segments: Math.ceil(missing / cost.iterations) })
      }
      return constantTimeEqual(actual, expected.hash) ? 'match' : 'mismatch'
    },

    async verifyNothing(password) {
      await hash(password)
    },

    async isOutdated(stored) {
      const parsed = parse(stored)
      const pepper = await keyring.newest('password-pepper')
      return (
        parsed?.iterations !== cost.iterations ||
        parsed.segments !== cost.segments ||
        parsed.pepperId !== pepper.secretId
      )
    },
  }
}

interface Cost {
  readonly iterations: number
  readonly segments: number
}

interface StoredHash extends Cost {
  readonly pepperId: string
  readonly salt: Uint8Array<ArrayBuffer>
  readonly hash: Uint8Array<ArrayBuffer>
}

/** Peppers a password. NFC (NIST SP 800-63B-4 §3.1.1.2) is the only other change: no trimming, folding or truncation. */
async function peppered(password: string, pepper: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new TextEncoder().encode(password.normalize('NFC'))
  return new Uint8Array(await crypto.subtle.sign('HMAC', pepper, bytes))
}

async function chain(
  input: Uint8Array<ArrayBuffer>,
  salt: Uint8Array<ArrayBuffer>,
  { iterations, segments }: Cost,
): Promise<Uint8Array<ArrayBuffer>> {
  const segmentSalt = new Uint8Array(salt.byteLength + 4)
  segmentSalt.set(salt)
  let block = input
  for (let segment = 1; segment <= segments; segment++) {
    new DataView(segmentSalt.buffer).setUint32(salt.byteLength, segment)
    block = await pbkdf2Sha256(block, segmentSalt, iterations, HASH_BYTES)
    // A resolved promise is not a yield; this lets the isolate turn to other requests.
    if (segment < segments) await scheduler.wait(0)
  }
  return block
}

function format(stored: StoredHash): string {
  const { iterations, segments, pepperId, salt, hash } = stored
  const parameters = `i=${iterations},s=${segments},k=${pepperId}`
  return `$${SCHEME}$v=1$${parameters}$${encodeBase64url(salt)}$${encodeBase64url(hash)}`
}

const STORED = new RegExp(
  `^\\$${SCHEME}\\$v=1\\$i=([1-9]\\d{0,5}),s=([1-9]\\d{0,2}),k=([\\w-]{8})\\$([\\w-]{22,86})\\$([\\w-]{43})$`,
)

/** Reads a stored string, or gives `null` when it is not ours or would cost more than we ever ask for. */
function parse(stored: string): StoredHash | null {
  const [, iterations, segments, pepperId = '', saltText = '', hashText = ''] = STORED.exec(stored) ?? []
  const salt = parseBase64url(saltText)
  const hash = parseBase64url(hashText)
  const cost = { iterations: Number(iterations), segments: Number(segments) }
  const affordable =
    // guard: a stored cost is bounded
    cost.iterations <= PBKDF2_MAX_ITERATIONS && cost.iterations * cost.segments <= MAX_TOTAL_ITERATIONS
  return salt && hash?.length === HASH_BYTES && affordable ? { ...cost, pepperId, salt, hash } : null
}
