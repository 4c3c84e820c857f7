import { encodeBase64url } from '../../crypto/base64url'
import { randomBytes } from '../../crypto/random'
import type {
  AccountAdministration,
  AccountChange,
  ActedBy,
  AdministeredAccount,
  InvitedBy,
} from '../../identity/account-administration'
import type { Change, NamedStatement } from './account-change'
import { type AccountRow, findAccount, searchAccounts } from './account-queries'
import {
  deleteAccount,
  disableAccount,
  enableAccount,
  endAllSessions,
  removeSecondFactor,
  setRoles,
} from './administration-statements'
import { type InvitationCarrier, inviteAgain, inviteNew } from './invitation-statements'
import { selectEndedOf } from './sessions'
import type { SqlDatabase, Step } from './sql-database'
import { ifChanged, PREVIOUS_CHANGED, type Statement, sql } from './statement'

/** Creates the administration of accounts. Its statements are those of the command `janus users`. */
export function createAccountAdministration(db: SqlDatabase): AccountAdministration {
  /** Runs statements as one transaction, and returns the rows of the last step `ended` and whether any statement before returned one. */
  async function run(statements: readonly NamedStatement[], userId: string) {
    const rows = await db.transaction({ ...toSteps(statements), ended: selectEndedOf(userId) })
    const { ended, ...own }: Readonly<Record<string, readonly unknown[]>> = rows
    return { changed: Object.values(own).some((each) => each.length > 0), ended: rows.ended }
  }

  return {
    async find({ id, canonicalEmail }, actorId, now) {
      const { accounts, actors } = await db.read({
        accounts: toStatement<AccountRow>(findAccount(id, canonicalEmail, now)),
        actors: sql<{ roles: string }>('SELECT roles FROM users WHERE id = :id', { id: actorId }),
      })
      const [row] = accounts
      return {
        account: row ? toAccount(row) : null,
        seen: { actorRoles: actors[0]?.roles ?? '', accountRoles: row?.roles ?? '' },
      }
    },

    async search({ prefix, after, limit }, now) {
      const rows = await db.all(toStatement<AccountRow>(searchAccounts({ prefix, after }, limit, now)))
      return rows.map(toAccount)
    },

    change: (userId, change, by) => run(statementsOf(change, changeBy(userId, by)), userId),

    async inviteNew({ userId, email, name, roles }, carrier, by) {
      const change = { ...changeBy(userId, by), guard: actorAsSeen(by) }
      const invited = { email: email.address, emailCanonical: email.canonical, name, roles }
      return (await run(inviteNew(change, invited, toCarrier(carrier)), userId)).changed
    },

    async inviteAgain(userId, roles, carrier, by) {
      const { changed, ended } = await run(
        inviteAgain(changeBy(userId, by), roles, toCarrier(carrier)),
        userId,
      )
      return changed ? ended : null
    },
  }
}

function statementsOf(change: AccountChange, by: Change): readonly NamedStatement[] {
  switch (change.to) {
    case 'roles':
      return setRoles(by, change.roles)
    case 'disabled':
      return disableAccount(by)
    case 'enabled':
      return enableAccount(by)
    case 'signed-out':
      return endAllSessions(by)
    case 'without-second-factor':
      return removeSecondFactor(by)
    case 'deleted':
      return deleteAccount(by)
  }
}

function changeBy(userId: string, by: ActedBy): Change {
  const { actorId, requestId, now, seen } = by
  const actor = actorAsSeen(by)
  const guard = {
    condition: `${actor.condition}
      AND EXISTS (SELECT 1 FROM users AS subject WHERE subject.id = :user_id AND subject.roles = :account_roles)`,
    values: { ...actor.values, user_id: userId, account_roles: seen.accountRoles },
  }
  return { userId, actorId, requestId, now, guard }
}

/** Returns the condition that the actor is still allowed to act: of two administrators who demote each other at once, one remains. */
function actorAsSeen({ actorId, seen }: ActedBy): Change['guard'] {
  return {
    // guard: who is an administrator no more changes nothing
    condition: `EXISTS (SELECT 1 FROM users AS actor
        WHERE actor.id = :actor_id AND actor.disabled_at IS NULL AND actor.roles = :actor_roles)`,
    values: { actor_id: actorId, actor_roles: seen.actorRoles },
  }
}

function toCarrier(carrier: InvitedBy): InvitationCarrier {
  if ('tokenHash' in carrier) return carrier
  return { mailId: encodeBase64url(randomBytes(16)), language: carrier.mailIn }
}

function toStatement<Row = never>({ text, values }: NamedStatement): Statement<Row> {
  return sql<Row>(text, values)
}

function toSteps(statements: readonly NamedStatement[]): Readonly<Record<string, Step>> {
  const steps = statements.map((named, index): [string, Step] => {
    const statement = toStatement<unknown>(named)
    const depends = named.text.includes(PREVIOUS_CHANGED)
    return [`step${index}`, depends ? ifChanged(`step${index - 1}`, statement) : statement]
  })
  return Object.fromEntries(steps)
}

function toAccount(row: AccountRow): AdministeredAccount {
  return {
    user: {
      id: row.id,
      email: row.email,
      emailVerified: row.email_verified_at !== null,
      name: row.name,
      roles: JSON.parse(row.roles) as string[],
      createdAt: row.created_at,
    },
    canonicalEmail: row.email_canonical,
    disabledAt: row.disabled_at,
    hasPassword: Number(row.has_password) === 1,
    secondFactorAt: row.second_factor_at,
    passkeys: Number(row.passkeys),
    identities: Number(row.identities),
    openSessions: Number(row.open_sessions),
  }
}
