// What an operator does to an account, as texts of SQL. On D1 they run through wrangler, which binds no values, so every value is quoted here.
import * as shared from '../../../src/wiring/operator-statements.ts'

export type {
  AccountRow,
  InvitationCarrier,
  Invited,
} from '../../../src/wiring/operator-statements.ts'

/** Writes a value into SQL. @throws If it holds a NUL, which ends a text for SQLite. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new Error('A value must not hold a NUL')
  return `'${value.replaceAll("'", "''")}'`
}

/** Returns who does it, as the audit trail has it. No id of an account holds a colon. */
export function operatorId(name: string): string {
  return `operator:${name}`
}

/** An account and who changes it. */
interface Change {
  readonly userId: string
  /** See {@link operatorId}. */
  readonly actorId: string
}

export const findAccount = (who: string, canonicalEmail: string) =>
  toText(shared.findAccount(who, canonicalEmail, NOW))

export const listAccounts = (after: string, limit: number) => toText(shared.listAccounts(after, limit, NOW))

export const setRoles = (change: Change, roles: readonly string[]) =>
  shared.setRoles(byOperator(change), roles).map(toText)

export const disableAccount = (change: Change) => shared.disableAccount(byOperator(change)).map(toText)

export const enableAccount = (change: Change) => shared.enableAccount(byOperator(change)).map(toText)

export const setMetadata = (change: Change, json: string | null) =>
  shared.setAppMetadata(byOperator(change), json).map(toText)

export const removeSecondFactor = (change: Change) =>
  shared.removeSecondFactor(byOperator(change)).map(toText)

export const endAllSessions = (change: Change) => shared.endAllSessions(byOperator(change)).map(toText)

export const deleteAccount = (change: Change) => shared.deleteAccount(byOperator(change)).map(toText)

export const inviteNew = (change: Change, invited: shared.Invited, carrier: shared.InvitationCarrier) =>
  shared.inviteNew(byOperator(change), invited, carrier).map(toText)

export const inviteAgain = (change: Change, roles: readonly string[], carrier: shared.InvitationCarrier) =>
  shared.inviteAgain(byOperator(change), roles, carrier).map(toText)

export function exportAccount(change: Change): Readonly<Record<string, string>> {
  const parts = Object.entries(shared.exportAccount(byOperator(change)))
  return Object.fromEntries(parts.map(([name, statement]) => [name, toText(statement)]))
}

/** The database tells the time, because the clock of an operator's machine may be wrong. */
const NOW = 0

function byOperator(change: Change): shared.Change {
  return { ...change, requestId: null, now: NOW, guard: shared.ANYHOW }
}

function toText({ text, values }: shared.NamedStatement): string {
  // In one pass, so that nothing in a value is taken for a placeholder.
  return text.replace(/:([a-z]\w*)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`No value for ${name}`)
    if (name === 'now') return 'unixepoch()'
    if (value === null) return 'NULL'
    return typeof value === 'number' ? String(value) : quote(value)
  })
}
