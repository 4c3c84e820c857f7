import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run as verify } from '../../packages/cli/audit/verify.ts'
import { run as clients } from '../../packages/cli/clients/clients.ts'
import { type Database, readTarget, withDatabase } from '../../packages/cli/database.ts'
import { run as doctor } from '../../packages/cli/doctor/doctor.ts'
import { run as rotate } from '../../packages/cli/keys/rotate.ts'
import { run as migrate } from '../../packages/cli/migrate/migrate.ts'
import { run as restored } from '../../packages/cli/restored/restored.ts'
import { run as users } from '../../packages/cli/users/users.ts'
import { chainHash } from '../../src/audit/audit-chain'
import { type PostgresServer, startPostgres } from '../support/postgres-server'
import { runCommand as janus } from '../support/run-command.ts'
import { describeWith } from '../support/with-tools'

const [ADA, EVE] = ['a'.repeat(22), 'e'.repeat(22)]
const folder = mkdtempSync(join(tmpdir(), 'janus-operator-'))

afterAll(() => rmSync(folder, { recursive: true }))

async function fill({ runAll }: Database): Promise<void> {
  const session = (user: string, id: string) =>
    `INSERT INTO sessions (id, user_id, mode, secret_hash, created_at, authenticated_at, last_seen_at, idle_expires_at, expires_at, methods)
     VALUES ('${id.repeat(22)}', '${user}', 'session', '${'s'.repeat(43)}', 1, 1, 1, 9999999999, 9999999999, '[{"method":"totp","at":1}]')`
  await runAll([
    `INSERT INTO users (id, email, email_canonical, created_at, second_factor_at) VALUES
       ('${ADA}', 'ada@example.com', 'ada@example.com', 1, 1), ('${EVE}', 'eve@example.com', 'eve@example.com', 1, NULL)`,
    `INSERT INTO totp_factors (user_id, sealed_seed, encrypted_with, last_step, confirmed_at) VALUES ('${ADA}', 'x', 'x', 1, 1)`,
    session(ADA, '1'),
    session(ADA, '2'),
    session(EVE, '3'),
    `INSERT INTO signing_keys (kid, alg, generation, signs_from, public_jwk, private_key, encrypted_with)
     VALUES ('${'k'.repeat(43)}', 'ES256', 1, 1, '{}', 'x', 'x')`,
  ])
}

/** Inserts sealed rows; with a gap between them, as PostgreSQL leaves where a transaction is rolled back. */
async function seal({ run }: Database): Promise<void> {
  let hash = ''
  for (const seq of [1, 2, 4, 5]) {
    const row = {
      seq,
      at: 10,
      event: 'signed-in',
      outcome: 'success',
      reason: null,
      actor_id: null,
      subject_id: ADA,
    }
    const rest = {
      account_key: null,
      session_id: null,
      mode: null,
      address: null,
      country: null,
      user_agent: seq === 5 ? null : 'Müller/1.0',
      // As a row is left whose address and agent were forgotten.
      source_digest: seq === 5 ? 'd'.repeat(64) : null,
    }
    hash = await chainHash(hash, { ...row, ...rest, request_id: null })
    const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`)
    await run(`INSERT INTO audit_events (seq, at, event, outcome, subject_id, user_agent, source_digest, chain_hash)
      VALUES (${seq}, 10, 'signed-in', 'success', '${ADA}', ${text(rest.user_agent)}, ${text(rest.source_digest)}, '${hash}')`)
  }
}

function operate(target: () => readonly [option: string, place: string], spoil: string): void {
  it('ADM-03: is migrated, and asked and changed by every command of an operator', async () => {
    const at = target()
    expect(await janus(doctor, ...at)).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/The schema is not current\.|No migration was applied\./),
    })
    expect(await janus(migrate, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('is current.'),
    })
    expect(await janus(doctor, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('Every migration is applied.'),
    })
    expect(await janus(users, 'list', ...at)).toEqual({ code: 0, printed: 'There is no account.' })
    expect((await janus(rotate, ...at)).printed).toContain('There is no signing key yet.')
    await withDatabase(readTarget(at), fill)

    expect((await janus(users, 'list', ...at)).printed).toContain(`${EVE}  eve@example.com  (not verified)`)
    // What looks like a placeholder and a quote is a text.
    const roles = await janus(
      users,
      'roles',
      'Ada@EXAMPLE.com',
      'admin',
      "it's ?1",
      '--by',
      "o'hara ?1",
      ...at,
    )
    expect(roles).toEqual({ code: 0, printed: "ada@example.com now has the roles admin, it's ?1." })
    expect((await janus(users, 'roles', ADA, 'admin', "it's ?1", ...at)).printed).toContain(
      'exactly these roles before',
    )
    const shown = (await janus(users, 'show', ADA, ...at)).printed
    expect(shown).toMatch(/^password: +no$/m)
    expect(shown).toMatch(/^roles: +admin, it's \?1$/m)
    expect(shown).toMatch(/^open sessions: +0$/m)
    expect(await janus(users, 'remove-second-factor', ADA, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('is removed'),
    })
    expect(await janus(users, 'disable', EVE, ...at)).toEqual({
      code: 0,
      printed: 'eve@example.com is disabled.',
    })
    expect((await janus(users, 'disable', EVE, ...at)).printed).toBe('eve@example.com was disabled before.')
    expect((await janus(users, 'enable', EVE, ...at)).printed).toBe('eve@example.com can sign in again.')
    expect((await janus(users, 'end-sessions', EVE, ...at)).printed).toBe(
      'eve@example.com had no open session.',
    )
    const invite = ['invite', 'Grace@Example.com', '--role', "it's", '--by', "o'hara"] as const
    expect(await janus(users, ...invite, ...at)).toEqual({
      code: 0,
      printed: 'Grace@example.com is invited. The service mails the link within a minute, if it sends mail.',
    })
    const again = await janus(users, ...invite, '--link', 'https://auth.example.com/', ...at)
    expect(again.printed).toMatch(/\nhttps:\/\/auth\.example\.com\/email\/verify\?token=[\w-]{43}$/)
    const account = JSON.parse((await janus(users, 'show', 'grace@example.com', '--json', ...at)).printed)
    expect(account).toMatchObject({ email: 'Grace@example.com', roles: `["it's"]`, has_password: 0 })
    const { links, mail } = JSON.parse((await janus(users, 'export', 'grace@example.com', ...at)).printed)
    expect(links).toMatchObject([{ purpose: 'verify-email' }])
    expect(mail).toMatchObject([{ kind: 'invitation', recipient: 'Grace@example.com' }])
    await expect(janus(users, 'invite', 'nobody', ...at)).resolves.toMatchObject({
      printed: expect.stringContaining('is not an email address'),
    })
    const { events, authenticator_app } = JSON.parse((await janus(users, 'export', ADA, ...at)).printed)
    const brief = events.map(({ event, actor_id }: Record<string, string>) => [event, actor_id])
    expect(brief.slice(0, 3)).toEqual([
      ['session-ended', "operator:o'hara ?1"],
      ['session-ended', "operator:o'hara ?1"],
      ['roles-changed', "operator:o'hara ?1"],
    ])
    expect(brief.map(([event]: [string]) => event).slice(3)).toEqual(['second-factor-removed'])
    expect(authenticator_app).toEqual([])
    expect(await janus(users, 'delete', EVE, '--yes', ...at)).toEqual({
      code: 0,
      printed: 'eve@example.com is deleted.',
    })
    expect((await janus(users, 'show', EVE, ...at)).printed).toBe(`There is no account ${EVE}.`)
    expect(await janus(rotate, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringContaining('A successor of kkk'),
    })
    expect(await janus(restored, ...at)).toEqual({
      code: 0,
      printed: 'Done. 3 sessions have ended. Within a minute nothing from before is accepted.',
    })
  })

  it('OP-01, AUD-02: has clients, which are registered with exact redirect URIs and a secret that is shown once', async () => {
    const at = target()
    expect(await janus(clients, 'list', ...at)).toEqual({ code: 0, printed: 'There is no client.' })
    const redirect = [
      '--redirect',
      'https://notes.example/callback',
      '--redirect',
      'http://127.0.0.1/callback',
      '--scope',
      'notes:read offline_access',
    ]
    const by = ['--by', "o'hara"]
    const added = await janus(
      clients,
      'add',
      "Ada's notes",
      ...redirect,
      '--first-party',
      '--json',
      ...by,
      ...at,
    )
    const { client_id, client_secret } = JSON.parse(added.printed)
    // guard of OP-11: an id of a client is longer than one of an account.
    expect(client_id).toMatch(/^c_[\w-]{22}$/)
    expect(client_secret).toMatch(/^[\w-]{43}$/)
    const apps = await janus(
      clients,
      'add',
      'Phone',
      '--redirect',
      'com.example.app:/cb',
      '--public',
      '--scope',
      'notes:read',
      ...at,
    )
    const [, phone = ''] = /^client_id: +(c_[\w-]{22})$/.exec(apps.printed) ?? []
    expect((await janus(clients, 'list', ...at)).printed.split('\n').sort()).toEqual(
      [`${client_id}  Ada's notes  (confidential, first party)`, `${phone}  Phone  (public)`].sort(),
    )
    const job = await janus(
      clients,
      'add',
      'Job',
      '--grant',
      'client_credentials',
      '--scope',
      'a',
      '--json',
      ...at,
    )
    const api = await janus(clients, 'add', 'API', '--serves', 'https://api.example/', '--json', ...at)
    const ofJob = (await janus(clients, 'show', JSON.parse(job.printed).client_id, ...at)).printed
    expect(ofJob).toMatch(/^grants: +client_credentials$/m)
    const ofApi = (await janus(clients, 'show', JSON.parse(api.printed).client_id, ...at)).printed
    expect(ofApi).toMatch(/^serves: +https:\/\/api\.example\/$/m)
    for (const { printed } of [job, api])
      await janus(clients, 'remove', JSON.parse(printed).client_id, '--yes', ...at)
    const shown = (await janus(clients, 'show', client_id, ...at)).printed
    expect(shown).toMatch(/^redirect: +https:\/\/notes\.example\/callback$/m)
    expect(shown).toMatch(/^scopes: +notes:read offline_access$/m)

    const rotated = JSON.parse((await janus(clients, 'rotate-secret', client_id, '--json', ...at)).printed)
    expect(rotated).toEqual({ client_id, client_secret: expect.stringMatching(/^[\w-]{43}$/) })
    expect(rotated.client_secret).not.toBe(client_secret)
    expect((await janus(clients, 'rotate-secret', phone, ...at)).printed).toBe(
      'Phone is a public client, which has no secret.',
    )
    expect((await janus(clients, 'remove', client_id, ...at)).printed).toBe(
      'remove cannot be undone. Add --yes.',
    )
    expect((await janus(clients, 'remove', client_id, '--yes', ...by, ...at)).printed).toBe(
      "Ada's notes is removed.",
    )
    expect((await janus(clients, 'show', client_id, ...at)).printed).toBe(`There is no client ${client_id}.`)

    const kept = await withDatabase(readTarget(at), ({ runAll }) =>
      runAll<[Record<string, unknown>, Record<string, unknown>]>([
        'SELECT * FROM oauth_clients',
        `SELECT event, reason, actor_id FROM audit_events WHERE event LIKE 'client-%' ORDER BY seq`,
      ]),
    )
    expect(kept[0]).toMatchObject([
      { id: phone, secret_hash: null, first_party: 0, scopes: '["notes:read"]' },
    ])
    expect(kept[1].filter(({ reason }) => reason === client_id)).toMatchObject([
      { event: 'client-added', actor_id: "operator:o'hara" },
      { event: 'client-secret-rotated' },
      { event: 'client-removed', actor_id: "operator:o'hara" },
    ])
    expect(JSON.stringify(kept)).not.toContain(client_secret)
  })

  it.each([
    [['add', 'Notes'], 'add needs --redirect.'],
    [['add', 'Notes', '--redirect', 'https://a.example/'], 'add needs --scope.'],
    [['add', 'N\u202eotes', '--redirect', 'https://a.example/'], 'NAME is a text of at most 100 characters'],
    [['add', 'Notes', '--redirect', 'http://a.example/cb'], '--redirect must begin with https://'],
    [['add', 'Notes', '--redirect', 'https://a.example/', '--scope', 'a"b'], '--scope is a list of words'],
    [['add', 'Notes', 'too', '--redirect', 'https://a.example/'], 'add takes one client.'],
    [
      [
        'add',
        'Notes',
        '--redirect',
        'https://a.example/',
        '--scope',
        'a',
        '--back-channel-logout-uri',
        'com.example.app:/out',
      ],
      '--back-channel-logout-uri must begin with https://',
    ],
    [
      ['add', 'Job', '--grant', 'password', '--scope', 'a'],
      '--grant is authorization_code, client_credentials or device.',
    ],
    [['add', 'Job', '--grant', 'client_credentials'], 'add needs --scope.'],
    [
      ['add', 'Job', '--grant', 'client_credentials', '--scope', 'a', '--public'],
      'A public client cannot prove',
    ],
    [['add', 'API', '--serves', 'x'], '--serves is a resource of OAUTH_RESOURCES.'],
    [
      ['add', 'Job', '--grant', 'client_credentials', '--scope', 'a', '--jwks', 'package.json'],
      '--jwks must be a JSON',
    ],
    [
      ['add', 'Job', '--grant', 'client_credentials', '--scope', 'a', '--jwks', 'none.json'],
      'cannot be read',
    ],
  ])('OP-01: registers no client by %j', async (words, said) => {
    expect((await janus(clients, ...words, ...target())).printed).toContain(said)
  })

  it('AUD-03: has a chain that is verified over gaps, and a row of it that was changed is found', async () => {
    const at = target()
    await withDatabase(readTarget(at), async (database) => {
      await database.run(spoil)
      await database.run('DELETE FROM audit_events')
      await seal(database)
    })
    expect((await janus(verify, ...at)).printed).toContain('broken: the address or the agent of row 5 is not')
    await withDatabase(readTarget(at), ({ run }) => run(`DELETE FROM users WHERE id = '${ADA}'`))
    expect(await janus(verify, ...at)).toMatchObject({
      code: 0,
      printed: expect.stringMatching(
        /intact: 4 sealed rows, 0 not sealed yet\.\nIt ends at row 5 with [0-9a-f]{64}$/,
      ),
    })
    await withDatabase(readTarget(at), ({ run }) => run(`DELETE FROM audit_events WHERE seq = 2`))
    expect((await janus(verify, ...at)).printed).toContain('The chain is broken: row 4 does not follow row 1')
  })
}

describe('a SQLite file', () => {
  const file = join(folder, 'janus.sqlite')
  // A file that is not there is made by nobody but migrate and serve.
  beforeAll(() => writeFileSync(file, ''))
  operate(() => ['--sqlite', file], 'DROP TRIGGER audit_events_are_not_deleted')

  it('is not made by commands that look at it, and its settings are checked with --env', async () => {
    expect(await janus(users, 'list', '--sqlite', join(folder, 'none.sqlite'))).toMatchObject({
      code: -1,
      printed: expect.stringMatching(/^There is no /),
    })
    expect((await janus(users, 'list', '--sqlite', file, '--remote')).printed).toContain(
      '--sqlite cannot be combined with another database',
    )
    const env = join(folder, 'janus.env')
    writeFileSync(env, 'ISSUER=http://localhost:8080\nPORT=none\n')
    const { code, printed } = await janus(doctor, '--sqlite', file, '--env', env)
    expect([code, printed]).toEqual([1, expect.stringContaining('AUTH_SECRET is missing')])
    expect(printed).toContain('PORT must be a port')
  })
})

describeWith(['postgres'], 'PostgreSQL', () => {
  let server: PostgresServer
  let url = ''
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.createDatabase('janus')
  })
  afterAll(() => server?.stop())
  operate(() => ['--postgres', url], 'ALTER TABLE audit_events DISABLE TRIGGER USER')

  it('says so where nobody answers', async () => {
    const nowhere = ['--postgres', 'postgres://nobody@127.0.0.1:1/nothing'] as const
    expect(await janus(users, 'list', ...nowhere)).toMatchObject({
      code: -1,
      printed: expect.stringContaining('The database did not answer'),
    })
    expect(await janus(doctor, ...nowhere)).toMatchObject({
      code: 1,
      printed: expect.stringContaining('The database did not answer'),
    })
  })
})
