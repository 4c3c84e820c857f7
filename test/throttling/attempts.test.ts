import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createD1Database } from '../../src/storage/d1/d1-database'
import { findAttempted, reserveAttempt, settleAttempt } from '../../src/storage/sql/attempts'
import { pruneBudgets } from '../../src/storage/sql/budgets'
import { createAccountKeys } from '../../src/throttling/account-key'
import type { ReservedAttempt } from '../../src/throttling/attempt-budget'
import { type AttemptLimits, FAILURE_SECONDS, retryAfterSeconds } from '../../src/throttling/attempt-limits'
import { signedInPerson } from '../support/person'

const db = createD1Database(env.DB)

/** The defaults. */
const LIMITS: AttemptLimits = { freeAttempts: 5, maxAttempts: 100, maxAttemptDelaySeconds: 900 }

const DAY = 86_400

/** Some instant; nothing here depends on the time of day. */
const START = 1_800_000_000

let accounts = 0

/** Returns the key of an account that nobody has tried. */
function newKey(): string {
  accounts += 1
  return `account-${accounts}-${'x'.repeat(43)}`.slice(0, 43)
}

/** Returns an attempt of a stranger, from a source of its own. */
function attemptAt(key: string, now: number) {
  const attempter = {
    in: 'open',
    accountKey: key,
    deviceIds: [],
    sources: [{ key: newKey(), seconds: 2, room: 58 }],
  } as const
  return { canonicalEmail: 'nobody@example.com', attempter, now }
}

/** Returns the reserved attempt, or `null` if it has to wait. */
async function reservation(key: string, now: number, limits = LIMITS): Promise<ReservedAttempt | null> {
  const [row] = await db.change(reserveAttempt(attemptAt(key, now), limits))
  return row ? { budget: { of: 'strangers', key: row.budget_key }, blockedUntil: row.blocked_until } : null
}

/** Returns `true` if an attempt at `now` may go on. */
async function reserve(key: string, now: number, limits = LIMITS): Promise<boolean> {
  return (await reservation(key, now, limits)) !== null
}

interface Spent {
  readonly spent_until: number
  readonly blocked_until: number
}

function find(key: string): Promise<Spent | null> {
  return env.DB.prepare(
    "SELECT spent_until, blocked_until FROM budgets WHERE budget_key = ?1 AND kind = 'password'",
  )
    .bind(key)
    .first<Spent>()
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

/** Returns how many failures count at an instant. */
async function failuresOf(key: string, now = START): Promise<number> {
  return Math.max(0, Math.ceil((((await find(key))?.spent_until ?? now) - now) / DAY))
}

/** Stores a budget as it would be right after as many failures at `at`. */
async function store(key: string, row: { failures: number; blockedUntil?: number; at?: number }) {
  await env.DB.prepare(
    "INSERT INTO budgets (budget_key, kind, spent_until, blocked_until) VALUES (?1, 'password', ?2, ?3)",
  )
    .bind(key, (row.at ?? START) + row.failures * DAY, row.blockedUntil ?? 0)
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
        spent_until: START + (failures + 1) * DAY,
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

  it.each([
    ['a second', 1, 8],
    ['a day less a second', DAY - 1, 8],
    ['a day', DAY, 7],
    ['two days and a half', 2.5 * DAY, 6],
    ['a hundred days', 100 * DAY, 1],
  ])(
    'after %s the next failure is as the %snd would be: one a day is forgotten',
    async (_, later, failures) => {
      const key = newKey()
      await store(key, { failures: 7 })
      expect(await reserve(key, START + later)).toBe(true)
      const now = START + later
      expect(await failuresOf(key, now)).toBe(failures)
      const delay = failures < 5 ? 0 : 2 ** (failures - 5)
      expect((await find(key))?.blocked_until).toBe(delay === 0 ? 0 : now + delay)
    },
  )

  it('another account is not slowed down', async () => {
    await fail(newKey(), 9)
    expect(await reserve(newKey(), START)).toBe(true)
  })
})

describe('RL-01: the last attempt', () => {
  it('stops at MAX_ATTEMPTS, and one more is let through for each day that passed', async () => {
    const key = newKey()
    await store(key, { failures: 100 })
    for (const later of [0, 900, DAY - 1]) expect(await reserve(key, START + later)).toBe(false)
    for (let day = 1; day <= 3; day++) {
      expect(await reserve(key, START + day * DAY)).toBe(true)
      expect(await reserve(key, START + day * DAY + 900)).toBe(false)
      expect(await failuresOf(key, START + day * DAY)).toBe(100)
    }
  })

  it('a guesser who never rests begins a hundred attempts and one for each day, and no more', async () => {
    const key = newKey()
    const limits = { ...LIMITS, maxAttempts: 20, maxAttemptDelaySeconds: 900 }
    let begun = 0
    for (let now = START; now < START + 30 * DAY; ) {
      if (await reserve(key, now, limits)) begun += 1
      const { spent_until = now, blocked_until = now } = (await find(key)) ?? {}
      now += retryAfterSeconds({ spent_until, blocked_until }, limits, now)
    }
    expect(begun).toBe(20 + 29)
  })

  it('the hundredth is let through and the one after it is not, even without a delay', async () => {
    const key = newKey()
    await store(key, { failures: 99 })
    expect(await reserve(key, START)).toBe(true)
    await env.DB.prepare('UPDATE budgets SET blocked_until = 0 WHERE budget_key = ?1').bind(key).run()
    expect(await reserve(key, START)).toBe(false)
    expect(await failuresOf(key)).toBe(100)
  })
})

describe('RL-02, INC-4, PLT-01: attempts at once', () => {
  it('of 200 parallel reservations exactly five succeed', async () => {
    const key = newKey()
    const reserved = await Promise.all(Array.from({ length: 200 }, () => reserve(key, START)))
    expect(reserved.filter(Boolean)).toHaveLength(5)
    expect(await find(key)).toEqual({ spent_until: START + 5 * DAY, blocked_until: START + 1 })
  })

  it('when a delay is over, exactly one of 200 succeeds', async () => {
    const key = newKey()
    const { now } = await fail(key, 6)
    const reserved = await Promise.all(Array.from({ length: 200 }, () => reserve(key, now + 2)))
    expect(reserved.filter(Boolean)).toHaveLength(1)
    expect(await failuresOf(key, now)).toBe(7)
  })

  it('of 50 parallel reservations with one attempt left exactly one succeeds', async () => {
    const key = newKey()
    await store(key, { failures: 99 })
    const reserved = await Promise.all(Array.from({ length: 50 }, () => reserve(key, START)))
    expect(reserved.filter(Boolean)).toHaveLength(1)
    expect(await failuresOf(key)).toBe(100)
  })
})

describe('RL-04: taking an attempt back', () => {
  /** Settles what was reserved, as a sign-in does. */
  async function settle(reserved: ReservedAttempt | null, sessionId: string): Promise<void> {
    if (!reserved) throw new Error('Not reserved')
    await db.change(settleAttempt(reserved, { sessionId }))
  }

  it.each([0, 3, 4, 5, 9, 99])('after %s failures leaves a budget as it was', async (failures) => {
    const [key, untouched] = [newKey(), newKey()]
    const { sessionId } = await signedInPerson({ mode: 'session' })
    if (failures > 0) for (const each of [key, untouched]) await store(each, { failures })
    await settle(await reservation(key, START), sessionId)
    // As far as anybody could tell: it waits for nothing, and as many count.
    expect(await failuresOf(key)).toBe(failures)
    expect(await reserve(key, START)).toBe(true)
    expect(await reserve(untouched, START)).toBe(true)
    expect(await find(key)).toEqual(await find(untouched))
  })

  it('takes back no more than the one, whoever else failed meanwhile', async () => {
    const key = newKey()
    const { sessionId } = await signedInPerson({ mode: 'session' })
    await store(key, { failures: 1 })
    const mine = await reservation(key, START)
    for (let other = 0; other < 3; other++) expect(await reserve(key, START)).toBe(true)
    const { blocked_until } = (await find(key)) ?? {}
    expect(blocked_until).toBe(START + 1)
    await settle(mine, sessionId)
    expect(await find(key)).toEqual({ spent_until: START + 4 * DAY, blocked_until })
  })

  it('takes nothing back if the session did not begin', async () => {
    const key = newKey()
    await store(key, { failures: 7 })
    const reserved = await reservation(key, START)
    const before = await find(key)
    await settle(reserved, 'A'.repeat(22))
    expect(await find(key)).toEqual(before)
  })

  it.each(['device', 'session'] as const)('of a %s forgets all that was spent', async (of) => {
    const { sessionId } = await signedInPerson({ mode: 'session' })
    const [key, other] = [newKey(), newKey()]
    for (const each of [key, other]) await store(each, { failures: 7 })
    await settle({ budget: { of, key }, blockedUntil: START }, 'A'.repeat(22))
    expect(await failuresOf(key)).toBe(7)
    await settle({ budget: { of, key }, blockedUntil: START }, sessionId)
    expect(await find(key)).toBeNull()
    expect(await failuresOf(other)).toBe(7)
  })
})

describe('pruning', () => {
  it('forgets budgets of which nothing is spent, oldest first and no more than asked', async () => {
    const keys = Array.from({ length: 5 }, newKey)
    // Far before every other test, so that what they stored is not in the way.
    for (const [age, key] of keys.entries()) await store(key, { failures: 0, at: 1000 + age })
    const left = async () => (await Promise.all(keys.map(find))).map((row) => row !== null)

    await db.change(pruneBudgets(999, 10))
    expect(await left()).toEqual([true, true, true, true, true])
    await db.change(pruneBudgets(1003, 2))
    expect(await left()).toEqual([false, false, true, true, true])
    await db.change(pruneBudgets(1003, 10))
    expect(await left()).toEqual([false, false, false, false, true])
  })

  it('RL-01: forgets no failure that counts', async () => {
    const key = newKey()
    await store(key, { failures: 1, at: 5000 })
    await db.change(pruneBudgets(5000 + DAY - 1, 1000))
    expect(await failuresOf(key, 5000)).toBe(1)
  })
})

describe('how long to wait', () => {
  const spent = (failures: number) => START + failures * FAILURE_SECONDS

  it.each([
    ['until the delay is over', { spent_until: spent(9), blocked_until: START + 16 }, 16],
    ['a second at least', { spent_until: spent(9), blocked_until: START }, 1],
    ['a second at least, if the delay ended meanwhile', { spent_until: spent(9), blocked_until: 0 }, 1],
    ['a day, if nothing is left', { spent_until: spent(100), blocked_until: START + 900 }, DAY],
    ['the rest of the day, later', { spent_until: spent(99) + 7, blocked_until: START }, 7],
  ])('%s', (_, row, seconds) => {
    expect(retryAfterSeconds(row, LIMITS, START)).toBe(seconds)
  })

  it('the budgets that are found are those that the reservation asks', async () => {
    const key = newKey()
    await store(key, { failures: 9, blockedUntil: START + 16 })
    const found = await db.first(findAttempted(attemptAt(key, START)))
    expect(found).toMatchObject({
      chosen: key,
      spent_until: spent(9),
      blocked_until: START + 16,
      source_wait: null,
    })
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
