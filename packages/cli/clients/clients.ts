// Registers the apps that may ask Janus to sign people in (OAuth 2.1 §2). Each change is in the audit trail with who made it.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkVisibleText } from '../../../src/identity/visible-text.ts'
import { checkClientKeys } from '../../../src/oauth/client-keys.ts'
import { DEVICE_GRANT, GRANT_TYPES } from '../../../src/oauth/grant-types.ts'
import { checkRedirectUri } from '../../../src/oauth/redirect-uri.ts'
import { readOptions, Stop, WrongUse } from '../command.ts'
import { type Database, TARGET_HELP, withDatabase } from '../database.ts'
import { commandLine } from '../place.ts'
import { print, RECORD_OPTIONS, type RecordRequest, readRecordRequest } from '../record-command.ts'
import { OPENID_HELP, OPENID_OPTIONS, readOpenId } from './openid.ts'
import { renderClient, renderClients } from './render.ts'
import {
  addClient,
  type ClientRow,
  findClient,
  listClients,
  type NewClient,
  type OpenIdClient,
  removeClient,
  rotateSecret,
  SIGN_IN_GRANTS,
} from './statements.ts'
import { findUnserved } from './unserved.ts'

/** Clients on a page of the list. */
const PAGE = 50

/** Bounds the lists of a client, in entries. */
const MOST_ENTRIES = 50

export const help = `Register apps that sign people in at Janus.

  ${commandLine('clients', 'ACTION [options]')}

  list [--after ID]    clients in the order of their ids, ${PAGE} a page
  show ID              one client
  add NAME --redirect URI --scope LIST
                       register a client; prints its client_id and its
                       secret, which is shown this once
  rotate-secret ID     give it a new secret; the old one is refused at once
  remove ID --yes      remove it

  --redirect URI   where Janus answers it, byte for byte; may be repeated.
                   https://, http:// on this machine (any port), or a scheme of
                   your app
  --scope LIST     what it may ask for: scopes of OAUTH_RESOURCES, openid,
                   profile, email and offline_access
  --grant TYPE     how it may ask for tokens; may be repeated. Default:
                   authorization_code and refresh_token. client_credentials:
                   for itself, without a person. device: for a device
                   without a browser
  --serves URI     it is the service at this resource of OAUTH_RESOURCES, and
                   may ask about the tokens that it is sent
  --jwks FILE      it proves who it is by these public keys (private_key_jwt),
                   and has no secret
  --public         it keeps no secret: an app in a browser or on a device
  --first-party    it is yours: people need not consent
${OPENID_HELP}
  --by NAME        who does it, for the audit trail (default: your user name)
  --json           print JSON
${TARGET_HELP}

Exit code: 0 if it was done, 1 if there is no such client, 2 if the options are
wrong or the database did not answer.`

const ACTIONS = ['list', 'show', 'add', 'rotate-secret', 'remove'] as const

/** `which`: the id of a client, or the name of a new one. */
interface Request extends RecordRequest<(typeof ACTIONS)[number]> {
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly grants: readonly string[]
  readonly serves: string | null
  /** A JSON Web Key Set; `null`: none. */
  readonly jwks: string | null
  readonly isPublic: boolean
  readonly firstParty: boolean
  readonly openId: OpenIdClient
}

export async function run(args: readonly string[]): Promise<number> {
  const request = readRequest(args)
  return withDatabase(request.target, (database) => act(database, request))
}

async function act(database: Database, request: Request): Promise<number> {
  const { action, json, actorId } = request
  if (action === 'list') {
    const rows = await database.run<ClientRow>(listClients(request.after, PAGE))
    print(json, rows, () => renderClients(rows, PAGE))
    return 0
  }
  if (action === 'add') return add(database, request)
  const [client] = await database.run<ClientRow>(findClient(request.which))
  if (!client) throw new Stop(`There is no client ${request.which}.`)
  if (action === 'show') {
    print(json, client, () => renderClient(client))
    return 0
  }
  if (action === 'remove') {
    await database.runAll([...removeClient(client.id, actorId)])
    print(json, { client_id: client.id }, () => `${client.name} is removed.`)
    return 0
  }
  if (!client.has_secret) throw new Stop(`${client.name} is a public client, which has no secret.`)
  if (client.has_keys) throw new Stop(`${client.name} proves who it is by its keys, and has no secret.`)
  const secret = newSecret()
  await database.runAll([...rotateSecret(client.id, secret.hash, actorId)])
  printSecret(client.id, secret.text, json)
  return 0
}

async function add(database: Database, request: Request): Promise<number> {
  const { which, firstParty, redirectUris, scopes, grants, serves, jwks, isPublic, openId, actorId, json } =
    request
  // A client with keys has a secret that nobody knows, so that no statement takes it for a public one.
  const secret = isPublic ? null : newSecret()
  const client: NewClient = {
    id: `c_${randomBytes(16).toString('base64url')}`,
    name: which,
    secretHash: secret?.hash ?? null,
    firstParty,
    redirectUris,
    scopes,
    grants,
    serves,
    jwks,
    openId,
  }
  await database.runAll([...addClient(client, actorId)])
  printSecret(client.id, jwks === null ? (secret?.text ?? null) : null, json)
  for (const warning of await findUnserved(request.target, request))
    console.error(`Warning: ${warning} Add what is missing, or remove the client and add it again.`)
  return 0
}

function newSecret(): { readonly text: string; readonly hash: string } {
  const text = randomBytes(32).toString('base64url')
  return { text, hash: createHash('sha256').update(text).digest('base64url') }
}

/** Prints the credentials of a client. The secret is nowhere but here. */
function printSecret(id: string, secret: string | null, json: boolean): void {
  if (json)
    console.log(JSON.stringify({ client_id: id, ...(secret === null ? {} : { client_secret: secret }) }))
  else {
    console.log(`client_id:     ${id}`)
    if (secret !== null) console.log(`client_secret: ${secret}`)
  }
}

function readRequest(args: readonly string[]): Request {
  const { values, positionals } = readOptions(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        redirect: { type: 'string', multiple: true, default: [] },
        scope: { type: 'string', default: '' },
        grant: { type: 'string', multiple: true, default: [] },
        serves: { type: 'string' },
        jwks: { type: 'string' },
        public: { type: 'boolean', default: false },
        'first-party': { type: 'boolean', default: false },
        ...OPENID_OPTIONS,
        ...RECORD_OPTIONS,
      },
    }),
  )
  const { more, ...request } = readRecordRequest(
    { positionals, values },
    {
      actions: ACTIONS,
      final: 'remove',
      nameOf: (action) => (action === 'add' ? 'NAME' : 'ID'),
    },
  )
  const { action, which } = request
  if (more.length > 0) throw new WrongUse(`${action} takes one client.`)
  const scopes = [...new Set(values.scope.split(/[\s,]+/).filter((scope) => scope !== ''))]
  const { redirect, serves = null, public: isPublic } = values
  const grants = grantsOf(values.grant, { redirect, serves })
  const jwks = values.jwks === undefined ? null : readKeys(values.jwks)
  if (action === 'add') {
    checkNew(which, redirect, scopes, grants)
    checkMachine({ grants, serves, isPublic, jwks })
  }
  const openId = readOpenId(values, redirect)
  const how = { grants, serves, jwks, isPublic, openId, firstParty: values['first-party'] }
  return { ...request, redirectUris: [...new Set(redirect)], scopes, ...how }
}

/** Returns the grants of a new client. A service that only introspects tokens has none. */
function grantsOf(
  named: readonly string[],
  { redirect, serves }: { readonly redirect: readonly string[]; readonly serves: string | null },
): readonly string[] {
  const types = named.map((grant) => (grant === 'device' ? DEVICE_GRANT : grant))
  if (types.length > 0) {
    const refreshes = types.some((grant) => grant !== 'client_credentials')
    return [...new Set([...types, ...(refreshes ? ['refresh_token'] : [])])]
  }
  return serves !== null && redirect.length === 0 ? [] : SIGN_IN_GRANTS
}

function readKeys(path: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new WrongUse(`--jwks: ${path} cannot be read, or is not JSON.`)
  }
}

/** Checks what a client is given. @throws WrongUse If it cannot be registered so. */
function checkMachine({
  grants,
  serves,
  isPublic,
  jwks,
}: Pick<Request, 'grants' | 'serves' | 'isPublic' | 'jwks'>): void {
  const known: readonly string[] = GRANT_TYPES
  if (grants.some((grant) => !known.includes(grant)))
    throw new WrongUse('--grant is authorization_code, client_credentials or device.')
  // guard: a client that acts for itself can prove who it is
  if (isPublic && (grants.includes('client_credentials') || serves !== null || jwks !== null))
    throw new WrongUse('A public client cannot prove who it is, so it acts for nobody but its people.')
  if (serves !== null && (!URL.canParse(serves) || serves.length > 300))
    throw new WrongUse('--serves is a resource of OAUTH_RESOURCES.')
  const fault = jwks === null ? null : checkClientKeys(JSON.parse(jwks))
  if (fault !== null) throw new WrongUse(`--jwks ${fault}.`)
}

/** Checks what a client is given. @throws WrongUse If it cannot be registered so. */
function checkNew(
  name: string,
  redirectUris: readonly string[],
  scopes: readonly string[],
  grants: readonly string[],
): void {
  // guard: the name of a client shows people what it is
  if (name.trim() === '' || name.length > 100 || checkVisibleText(name) !== null)
    throw new WrongUse('NAME is a text of at most 100 characters that can be seen.')
  if (redirectUris.length === 0 && grants.includes('authorization_code'))
    throw new WrongUse('add needs --redirect.')
  if (Math.max(redirectUris.length, scopes.length) > MOST_ENTRIES)
    throw new WrongUse(`A client has at most ${MOST_ENTRIES} redirect URIs and scopes.`)
  for (const uri of redirectUris) {
    const fault = checkRedirectUri(uri)
    if (fault !== null) throw new WrongUse(`--redirect ${fault}`)
  }
  if (scopes.length === 0 && grants.length > 0) throw new WrongUse('add needs --scope.')
  // RFC 6749 §3.3.
  if (scopes.some((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)))
    throw new WrongUse('--scope is a list of words separated by spaces.')
}
