import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createAccountKeys } from '../../src/throttling/account-key'
import { type AttemptLimits, type AttemptRow, retryAfterSeconds } from '../../src/throttling/attempt-limits'
import { clearAttempts, findAttempts, pruneAttempts, reserveAttempt } from '../../src/throttling/d1-attempts'
import { signedInPerson } from '../support/person'

/** The defaults. */
const LIMITS: AttemptLimits = { freeAttempts: 5, maxAttempts: 100, maxAttemptDelaySeconds: 900 }

/** Some instant; nothing here depends on the time of day. */
const START = 1_800_000_000

let accounts = 0

/** The key of an account that nobody has tried. */
function newKey(): string {
  accounts += 1
  return `account-${accounts}-${'x'.repeat(43)}`.slice(0, 43)
}

/** Whether an attempt at `now` may go on. */
async function reserve(key: string, now: number, limits = LIMITS): Promise<boolean> {
  const { results } = await reserveAttempt(env.DB, key, limits, now).run()
  return results.length > 0
}

function find(key: string): Promise<AttemptRow | null> {
  return findAttempts(env.DB, key).first<AttemptRow>()
}

/** Makes `count` attempts that fail, each as soon as it may be, and gives the wait before each and the last instant. */
async function fail(key: string, count: number, limits = LIMITS): Promise<{ waits: number[]; now: number }> {
  const waits: number[] = []
  let now = START
  for (let attempt = 0; attempt < count; attempt++) {
    const wait = Math.max(0, ((await find(key))?.blocked_until ?? 0) - now)
    // A second sooner would have been too soon.
    if (wait > 0) expect(await reserve(key, now + wait - 1, limits), `attempt ${attempt + 1}`).toBe(false)
    now += wait
    expect(await reserve(key, now, limits), `attempt ${attempt + 1}`).toBe(true)
    waits.push(wait)
  }
  return { waits, now }
}

async function failuresOf(key: string): Promise<number | undefined> {
  return (await find(key))?.failures
}

/** Stores a count as it would be after as many failures. */
async function store(key: string, row: { failures: number; blockedUntil?: number; lastAt?: number }) {
  await env.DB.prepare('INSERT INTO sign_in_attempts VALUES (?1, ?2, ?3, ?4)')
    .bind(key, row.failures, row.blockedUntil ?? 0, row.lastAt ?? START)
    .run()
}

describe('RL-01: delays', () => {
  it('none before the first five, then 1, 2, 4 … seconds, and never more than the longest', async () => {
    const { waits } = await fail(newKey(), 18)
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900])
  })

  it('are as configured', async () => {
    const limits = { freeAttempts: 2, maxAttempts: 20, maxAttemptDelaySeconds: 3 }
    expect((await fail(newKey(), 7, limits)).waits).toEqual([0, 0, 1, 2, 3, 3, 3])
  })

  it('begin with the first failure where only one is free', async () => {
    const limits = { freeAttempts: 1, maxAttempts: 20, maxAttemptDelaySeconds: 900 }
    expect((await fail(newKey(), 4, limits)).waits).toEqual([0, 1, 2, 4])
    const key = newKey()
    const reserved = await Promise.all(Array.from({ length: 20 }, () => reserve(key, START, limits)))
    expect(reserved.filter(Boolean)).toHaveLength(1)
  })

  it('stay the longest after any number of failures: the doubling does not overflow', async () => {
    const limits = { ...LIMITS, maxAttemptDelaySeconds: 86_400 }
    for (const failures of [30, 34, 35, 36, 60, 68, 69, 98]) {
      const key = newKey()
      await store(key, { failures })
      expect(await reserve(key, START, limits)).toBe(true)
      expect(await find(key), `${failures}`).toEqual({
        failures: failures + 1,
        blocked_until: START + 86_400,
      })
    }
  })

  it('attempts that were blocked are not counted, and do not make the wait longer', async () => {
    const key = newKey()
    const { now } = await fail(key, 8)
    const before = await find(key)
    for (let second = 0; second < 8; second++) expect(await reserve(key, now + second)).toBe(false)
    expect(await find(key)).toEqual(before)
    expect(await reserve(key, now + 8)).toBe(true)
  })

  it('time alone takes nothing back: the next delay is longer however late the attempt', async () => {
    const key = newKey()
    const { now } = await fail(key, 7)
    const later = now + 30 * 86_400
    expect(await reserve(key, later)).toBe(true)
    expect(await find(key)).toEqual({ failures: 8, blocked_until: later + 8 })
  })

  it('another account is not slowed down', async () => {
    await fail(newKey(), 9)
    expect(await reserve(newKey(), START)).toBe(true)
  })
})

describe('RL-01: the last attempt', () => {
  it('stops for good at MAX_ATTEMPTS in a row, however long one waits', async () => {
    const key = newKey()
    const { now } = await fail(key, 100)
    const row = await find(key)
    expect(row?.failures).toBe(100)
    for (const later of [0, 900, 86_400, 365 * 86_400]) expect(await reserve(key, now + later)).toBe(false)
    expect(await find(key)).toEqual(row)
  })

  it('the hundredth is let through and the one after it is not, even without a delay', async () => {
    const key = newKey()
    await store(key, { failures: 99 })
    expect(await reserve(key, START)).toBe(true)
    await env.DB.prepare('UPDATE sign_in_attempts SET blocked_until = 0 WHERE account_key = ?1')
      .bind(key)
      .run()
    expect(await reserve(key, START)).toBe(false)
    expect(await failuresOf(key)).toBe(100)
  })
})

describe('RL-02, INC-4, PLT-01: attempts at once', () => {
  it('of 200 parallel reservations exactly five succeed', async () => {
    const key = newKey()
    const reserved = await Promise.all(Array.from({ length: 200 }, () => reserve(key, START)))
    expect(reserved.filter(Boolean)).toHaveLength(5)
    expect(await find(key)).toEqual({ failures: 5, blocked_until: START + 1 })
  })

  it('when a delay is over, exactly one of 200 succeeds', async () => {
    const key = newKey()
    const { now } = await fail(key, 6)
    const reserved = await Promise.all(Array.from({ length: 200 }, () => reserve(key, now + 2)))
    expect(reserved.filter(Boolean)).toHaveLength(1)
    expect(await failuresOf(key)).toBe(7)
  })

  it('of 50 parallel reservations with one attempt left exactly one succeeds', async () => {
    const key = newKey()
    await store(key, { failures: 99 })
    const reserved = await Promise.all(Array.from({ length: 50 }, () => reserve(key, START)))
    expect(reserved.filter(Boolean)).toHaveLength(1)
    expect(await failuresOf(key)).toBe(100)
  })
})

describe('RL-01: clearing', () => {
  it('forgets the attempts if the session began, and only those of its account', async () => {
    const [key, other] = [newKey(), newKey()]
    const { sessionId } = await signedInPerson({ mode: 'session' })
    for (const each of [key, other]) await fail(each, 7)
    await clearAttempts(env.DB, key, sessionId).run()
    expect(await find(key)).toBeNull()
    expect(await failuresOf(other)).toBe(7)
    expect((await fail(key, 7)).waits).toEqual([0, 0, 0, 0, 0, 1, 2])
  })

  it('forgets nothing if it did not', async () => {
    const key = newKey()
    await fail(key, 7)
    const before = await find(key)
    await clearAttempts(env.DB, key, 'A'.repeat(22)).run()
    expect(await find(key)).toEqual(before)
  })
})

describe('pruning', () => {
  it('forgets what is older than asked, oldest first and no more than asked', async () => {
    const keys = Array.from({ length: 5 }, newKey)
    // Far before every other test, so that what they stored is not in the way.
    for (const [age, key] of keys.entries()) await store(key, { failures: 7, lastAt: 1000 + age })
    const left = async () => (await Promise.all(keys.map(failuresOf))).map((failures) => failures ?? 0)

    await pruneAttempts(env.DB, LIMITS, 1000, 10).run()
    expect(await left()).toEqual([7, 7, 7, 7, 7])
    await pruneAttempts(env.DB, LIMITS, 1004, 2).run()
    expect(await left()).toEqual([0, 0, 7, 7, 7])
    await pruneAttempts(env.DB, LIMITS, 1004, 10).run()
    expect(await left()).toEqual([0, 0, 0, 0, 7])
  })

  it('RL-01: does not give a disabled password back', async () => {
    const key = newKey()
    await store(key, { failures: LIMITS.maxAttempts, lastAt: 1000 })
    await pruneAttempts(env.DB, LIMITS, START, 1000).run()
    expect(await failuresOf(key)).toBe(LIMITS.maxAttempts)
  })

  it('an attempt makes its account young again', async () => {
    const key = newKey()
    await store(key, { failures: 7, lastAt: 2000 })
    expect(await reserve(key, START)).toBe(true)
    await pruneAttempts(env.DB, LIMITS, START, 1000).run()
    expect(await failuresOf(key)).toBe(8)
  })
})

describe('how long to wait', () => {
  it.each([
    ['until the delay is over', { failures: 9, blocked_until: START + 16 }, 16],
    ['a second at least', { failures: 9, blocked_until: START }, 1],
    ['a second at least, if the delay ended meanwhile', { failures: 9, blocked_until: START - 5 }, 1],
    ['a second, if another success cleared it meanwhile', undefined, 1],
    ['a day, if the password is disabled', { failures: 100, blocked_until: START + 900 }, 86_400],
  ])('%s', (_, row, seconds) => {
    expect(retryAfterSeconds(row, LIMITS, START)).toBe(seconds)
  })
})

describe('account keys', () => {
  const secrets = [
    'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
    'q0Zs8mJ5bT1yKcR4vWnE7uXhLpD2gFaN9iOtMwYkB6s',
  ] as const

  it('tell accounts apart, are stable, and do not tell the address', async () => {
    const keyOf = createAccountKeys(createKeyring([secrets[0]]))
    const key = await keyOf('ada@example.com')
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(await keyOf('ada@example.com')).toBe(key)
    expect(await keyOf('eve@example.com')).not.toBe(key)
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('ada@example.com'))
    expect(key).not.toBe(new Uint8Array(digest).toBase64({ alphabet: 'base64url', omitPadding: true }))
  })

  it('are those of the newest secret', async () => {
    const [key, rotated, other] = await Promise.all(
      [[secrets[0]], [secrets[0], secrets[1]], [secrets[1]]].map((list) =>
        createAccountKeys(createKeyring(list as [string, ...string[]]))('ada@example.com'),
      ),
    )
    expect(rotated).toBe(key)
    expect(other).not.toBe(key)
  })
})
