import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse-config'
import { createJanus } from '../../src/janus'
import { createMail } from '../../src/wiring/create-mail'

const { ISSUER, AUTH_SECRET, DB, LOGIN_LIMIT } = env
const given = { ISSUER, AUTH_SECRET, LOGIN_LIMIT, SESSION_COPIES: 'none' }
const HYPERDRIVE = { connectionString: 'postgres://janus@127.0.0.1:1/janus' }

it.each<[string, object, readonly string[]]>([
  ['the default without D1', {}, ['DB']],
  ['the default with D1', { DB }, []],
  ['PostgreSQL without Hyperdrive', { DATABASE: 'postgres', DB }, ['HYPERDRIVE']],
  ['PostgreSQL without D1', { DATABASE: 'postgres', HYPERDRIVE }, []],
  ['a Durable Object without its binding', { DATABASE: 'durable-object', DB }, ['JANUS_DB']],
  [
    'a Durable Object without D1',
    { DATABASE: 'durable-object', JANUS_DB: {}, DATABASE_LOCATION: 'weur' },
    [],
  ],
  [
    'a place there is not',
    { DATABASE: 'durable-object', JANUS_DB: {}, DATABASE_LOCATION: 'mars' },
    ['DATABASE_LOCATION'],
  ],
  ['a database there is not', { DATABASE: 'mysql', DB }, ['DATABASE']],
])('%s: the faults are named', (_, settings, faults) => {
  const parsed = parseConfig({ ...given, ...settings })
  expect(parsed.ok ? [] : parsed.faults.map(({ setting }) => setting)).toEqual(faults)
})

it.each([
  ['PostgreSQL', { DATABASE: 'postgres', HYPERDRIVE }],
  ['a Durable Object', { DATABASE: 'durable-object', JANUS_DB: {} }],
])('%s in a Worker that was not given createDatabase is a fault with a name', async (_, settings) => {
  const janus = createJanus({ ...given, ...settings }, { log: () => {} })
  expect(janus.services).toBeNull()
  expect(await (await janus.request('/readyz')).json()).toMatchObject({
    status: 'not-ready',
    checks: [{ name: 'DATABASE', ok: false, detail: expect.stringContaining('createDatabase') }],
  })
})

it('SMTP without the mailer of janus serve is a fault with a name', async () => {
  const settings = { ...given, DB, MAILER: 'smtp', MAIL_FROM: 'janus@example.com' }
  const janus = createJanus(settings, { log: () => {}, createMail })
  expect(await (await janus.request('/readyz')).json()).toMatchObject({
    status: 'not-ready',
    checks: [{ name: 'MAILER', ok: false, detail: expect.stringContaining('janus serve') }],
  })
})
