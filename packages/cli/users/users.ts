// Administration without SQL: looks at accounts and changes them, each change with who made it in the audit trail.
import { createHash, randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { parseEmailAddress } from '../../../src/identity/email-address.ts'
import { checkMetadata, METADATA_MAX_BYTES, METADATA_MAX_DEPTH } from '../../../src/identity/metadata.ts'
import { checkRoles, ROLES_MAX_BYTES } from '../../../src/identity/roles.ts'
import { isLanguageTag } from '../../../src/request-source/language-tag.ts'
import { readOptions, Stop, WrongUse } from '../command.ts'
import { type Database, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'
import { print, RECORD_OPTIONS, type RecordRequest, readRecordRequest } from '../record-command.ts'
import { renderAccount, renderList } from './render.ts'
import {
  type AccountRow,
  deleteAccount,
  disableAccount,
  enableAccount,
  endAllSessions,
  exportAccount,
  findAccount,
  type InvitationCarrier,
  inviteAgain,
  inviteNew,
  listAccounts,
  removeSecondFactor,
  setMetadata,
  setRoles,
} from './statements.ts'

/** Accounts on a page of the list. */
const PAGE = 50

export const help = `Show accounts and change them.

  ${commandLine('users', 'ACTION [options]')}

  list [--after ID]         accounts in the order of their ids, ${PAGE} a page
  show WHO                  one account, by its email address or its id
  invite ADDRESS            create an account and mail a link with which its
                            owner confirms the address and chooses a password
  roles WHO [ROLE ...]      set exactly these roles; with none, remove all
  metadata WHO JSON         replace what the app keeps on it; {} empties it
  disable WHO               end its sessions, and let nobody sign in to it
  enable WHO                let its owner sign in again
  end-sessions WHO          end every session of it
  remove-second-factor WHO  remove its authenticator app, recovery codes and
                            passkeys, and mail its owner
  export WHO                print everything that is stored about it, as JSON
  delete WHO --yes          delete it and everything that belongs to it

  --by NAME      who does it, for the audit trail (default: your user name)
  --role ROLE    with invite: a role of the account; may be repeated
  --name NAME    with invite: the name of the person
  --language TAG with invite: the language of the mail (default: en)
  --link ISSUER  with invite: print the link instead of mailing it
  --json         print JSON
${TARGET_HELP}

The first administrator: ${commandLine('users', 'roles ada@example.com admin')}

An invitation works once, for 7 days, and a newer one replaces it. The service
mails it with the next sweep, within a minute. With "--link" you vouch for the
address, because nothing was mailed there. If somebody has registered the
address and never confirmed it, the invitation removes what they set up:
password, sessions, passkeys, second factor and providers.

Changed roles, "disable" and "remove-second-factor" end every session of the
account, too. Before you remove a second factor, make sure by another way that
it is the owner who asks: afterwards a password or a mailed link is enough to
sign in. The sweep deletes cached copies of sessions within a minute. "delete"
keeps the audit events of the account until AUDIT_RETENTION_DAYS have passed;
the sweep removes IP addresses and user agents from them within minutes.
Exit code: 0 if it was done, 1 if there is no such account, 2 if the options are
wrong or the database did not answer.`

const ACTIONS = [
  'list',
  'show',
  'invite',
  'roles',
  'metadata',
  'disable',
  'enable',
  'end-sessions',
  'remove-second-factor',
  'export',
  'delete',
] as const

/** `which`: an email address or an id. */
interface Request extends RecordRequest<(typeof ACTIONS)[number]> {
  readonly roles: readonly string[]
  /** JSON; `null`: none. */
  readonly metadata: string | null
  readonly name: string | null
  readonly language: string
  /** The issuer of the link to print; `null`: the service mails it. */
  readonly link: string | null
}

export async function run(args: readonly string[]): Promise<number> {
  const request = readRequest(args)
  return withDatabase(request.target, (database) => act(database, request))
}

async function act(database: Database, request: Request): Promise<number> {
  const { action, after, json } = request
  if (action === 'list') {
    const rows = await database.run<AccountRow>(listAccounts(after, PAGE))
    print(json, rows, () => renderList(rows, PAGE))
    return 0
  }
  if (action === 'invite') return invite(database, request)
  const account = await findOne(database, request)
  const change = { userId: account.id, actorId: request.actorId }
  if (action === 'show') {
    print(json, account, () => renderAccount(account))
    return 0
  }
  if (action === 'export') {
    const parts = exportAccount(change)
    const rows = await database.runAll(Object.values(parts))
    const named = Object.keys(parts).map((name, index) => [name, rows[index]] as const)
    const { recorded: _, ...kept } = Object.fromEntries(named)
    console.log(JSON.stringify(kept, null, 2))
    return 0
  }
  const { statements, done, unchanged } = {
    roles: {
      statements: setRoles(change, request.roles),
      done: `${account.email} now has ${request.roles.length === 0 ? 'no roles' : `the roles ${request.roles.join(', ')}`}.`,
      unchanged: `${account.email} had exactly these roles before.`,
    },
    metadata: {
      statements: setMetadata(change, request.metadata),
      done: `The metadata of ${account.email} is ${request.metadata ?? 'empty'}.`,
      unchanged: `${account.email} had exactly this metadata before.`,
    },
    disable: {
      statements: disableAccount(change),
      done: `${account.email} is disabled.`,
      unchanged: `${account.email} was disabled before.`,
    },
    enable: {
      statements: enableAccount(change),
      done: `${account.email} can sign in again.`,
      unchanged: `${account.email} was not disabled.`,
    },
    'end-sessions': {
      statements: endAllSessions(change),
      done: `Every session of ${account.email} has ended.`,
      unchanged: `${account.email} had no open session.`,
    },
    'remove-second-factor': {
      statements: removeSecondFactor(change),
      done: `Every second factor of ${account.email} is removed, and every session has ended. The service mails the owner within a minute, if it sends mail.`,
      unchanged: `${account.email} has no second factor.`,
    },
    delete: {
      statements: deleteAccount(change),
      done: `${account.email} is deleted.`,
      unchanged: `${account.email} was deleted meanwhile.`,
    },
  }[action]
  const changed = (await database.runAll([...statements])).some((rows) => rows.length > 0)
  print(json, { id: account.id, changed }, () => (changed ? done : unchanged))
  return 0
}

/** Makes an account without a password, or takes one that nobody has proven to be theirs, and lets its owner in by a link. */
async function invite(database: Database, request: Request): Promise<number> {
  const { which: who, roles, name, language, link, actorId, json } = request
  const email = parseEmailAddress(who)
  if (!email) throw new WrongUse(`${who} is not an email address.`)
  const [known] = await database.run<AccountRow>(findAccount(email.canonical, email.canonical))
  if (known?.email_verified_at) throw new Stop(`${email.address} has an account already.`)
  if (known?.disabled_at) throw new Stop(`The account of ${email.address} is disabled.`)
  const token = randomBytes(32)
  const tokenHash = createHash('sha256').update(token).digest('base64url')
  const carrier: InvitationCarrier = link === null ? { mailId: newId(), language } : { tokenHash }
  const change = { userId: known?.id ?? newId(), actorId }
  const statements = known
    ? inviteAgain(change, roles, carrier)
    : inviteNew(change, { email: email.address, emailCanonical: email.canonical, name, roles }, carrier)
  const rows = await database.runAll([...statements])
  if (!rows.some((each) => each.length > 0)) throw new Stop(`${email.address} has got an account meanwhile.`)
  const url =
    link === null ? null : `${link.replace(/\/+$/, '')}/email/verify?token=${token.toString('base64url')}`
  if (json) console.log(JSON.stringify({ id: change.userId, link: url }))
  else if (url === null)
    console.log(`${email.address} is invited. The service mails the link within a minute, if it sends mail.`)
  else console.log(`${email.address} is invited. The link works once, for 7 days:\n${url}`)
  return 0
}

function newId(): string {
  return randomBytes(16).toString('base64url')
}

function readRequest(args: readonly string[]): Request {
  const { values, positionals } = readOptions(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        role: { type: 'string', multiple: true, default: [] },
        name: { type: 'string' },
        language: { type: 'string', default: 'en' },
        link: { type: 'string' },
        ...RECORD_OPTIONS,
      },
    }),
  )
  const { more, ...request } = readRecordRequest(
    { positionals, values },
    { actions: ACTIONS, final: 'delete', nameOf: () => 'WHO' },
  )
  const { action } = request
  const metadata = action === 'metadata' ? readMetadata(more) : null
  if (action !== 'roles' && action !== 'metadata' && more.length > 0)
    throw new WrongUse(`${action} takes one account.`)
  const { name = null, language, link = null } = values
  if (action !== 'invite' && (values.role.length > 0 || name !== null || link !== null))
    throw new WrongUse('--role, --name and --link go with invite.')
  if (!isLanguageTag(language)) throw new WrongUse('--language takes a tag such as en or pt-BR.')
  if (link !== null && !/^https?:\/\/./.test(link))
    throw new WrongUse('--link takes the ISSUER of the service: https://…')
  const roles = [...new Set(action === 'invite' ? values.role : action === 'roles' ? more : [])]
  const fault = checkRoles(roles)
  if (fault === 'not-visible') throw new WrongUse('A role is a text that can be seen.')
  if (fault === 'too-long') throw new WrongUse(`Roles take at most ${ROLES_MAX_BYTES} bytes of JSON.`)
  return { ...request, roles, metadata, name, language, link }
}

/** Reads an object. The schema of the app is in the app, so it is not asked. */
function readMetadata([text, ...others]: readonly string[]): string | null {
  if (text === undefined || others.length > 0)
    throw new WrongUse('metadata takes an account and one JSON object.')
  const fault = new WrongUse(
    `Metadata is a JSON object of at most ${METADATA_MAX_BYTES} bytes and ${METADATA_MAX_DEPTH} levels, in well-formed Unicode without NUL.`,
  )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fault
  }
  if (checkMetadata(value) !== null) throw fault
  const json = JSON.stringify(value)
  return json === '{}' ? null : json
}

/** Returns the account that a command names. @throws Stop If there is no such account. */
async function findOne({ run }: Database, { which: who }: Request): Promise<AccountRow> {
  const rows = await run<AccountRow>(findAccount(who, parseEmailAddress(who)?.canonical ?? ''))
  // An id is of another form than an address, so at most one account has either.
  const [account] = rows
  if (!account) throw new Stop(`There is no account ${who}.`)
  return account
}
