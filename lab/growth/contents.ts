import { createHash } from 'node:crypto'

/** Names what is in the databases of `npm run bench:growth`. Whoever knows the number of an account knows its ids. */

export const SESSIONS_EACH = 3
export const PASSWORD = 'correct horse battery'

/** 256 random bits that open nothing. */
export const AUTH_SECRET = 'hO2mS0kF8vGq3yXb7uZr5cTn1wLd9eJp4aQi6KfVtYs'

/** Of the database of so many accounts. */
export function bindingName(accounts: number): string {
  return `DB_${accounts}`
}

/**
 * Returns the id of an account, as random as those that Janus mints, and as long. The first and the last account stand before and after all
 * others: at the end of an index a lookup reads a row less, and there is none measured at the end.
 */
export function userId(account: number, accounts: number): string {
  return atTheEnd(account, accounts) ?? hash(`user ${account}`)
}

/** @param nth From 0; the session of session mode is 0, those after it are of token mode. */
export function sessionId(account: number, nth: number, accounts: number): string {
  const end = atTheEnd(account, accounts)
  return end ? end.slice(1) + nth : hash(`session ${nth} of ${account}`)
}

export function emailOf(account: number, accounts: number): string {
  return `${userId(account, accounts).toLowerCase()}@example.net`
}

function atTheEnd(account: number, accounts: number): string | null {
  return account === 0 ? '-'.repeat(22) : account === accounts - 1 ? 'z'.repeat(22) : null
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
