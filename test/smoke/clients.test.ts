import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run as clients } from '../../packages/cli/clients/clients.ts'
import { findUnserved } from '../../packages/cli/clients/unserved.ts'
import { readTarget } from '../../packages/cli/database.ts'
import { run as migrate } from '../../packages/cli/migrate/migrate.ts'
import { runCommand as janus } from '../support/run-command.ts'
import { makeFolder } from './sample-config.ts'

const NOTES = 'https://notes.example.com/mcp'
const RESOURCES = `${NOTES} notes:read notes:write, https://shop.example.com/ orders`
const HAS = 'It has the scopes: notes:read, notes:write, orders.'

/** Writes a configuration with these settings, and returns its path. */
function configure(vars: Readonly<Record<string, string>>, devVars = ''): string {
  const folder = makeFolder()
  const configPath = join(folder, 'wrangler.jsonc')
  const d1_databases = [{ binding: 'DB', database_name: 'shop', database_id: 'shop' }]
  const worker = { name: 'shop', main: 'worker.ts', compatibility_date: '2026-10-15', d1_databases, vars }
  writeFileSync(configPath, JSON.stringify(worker))
  if (devVars !== '') writeFileSync(join(folder, '.dev.vars'), devVars)
  return configPath
}

const wanting = (scopes: string, serves: string | null = null) => ({ scopes: scopes.split(' '), serves })

it.each<[name: string, wanted: ReturnType<typeof wanting>, said: readonly string[]]>([
  ['scopes of several resources', wanting('notes:read orders'), []],
  ['those of OpenID Connect', wanting('openid profile email offline_access'), []],
  ['a scope that is misspelt', wanting('notes:raed'), [`OAUTH_RESOURCES has no scope notes:raed. ${HAS}`]],
  [
    'several',
    wanting('notes:raed orders Openid'),
    [`OAUTH_RESOURCES has no scopes notes:raed, Openid. ${HAS}`],
  ],
  ['a resource', wanting('orders', NOTES), []],
  [
    'a resource with a slash too many',
    wanting('orders', `${NOTES}/`),
    [`OAUTH_RESOURCES has no resource ${NOTES}/. It has: ${NOTES}, https://shop.example.com/.`],
  ],
])('janus clients add compares with OAUTH_RESOURCES: %s', async (_, wanted, said) => {
  const target = readTarget(['--config', configure({ OAUTH_RESOURCES: RESOURCES })])
  expect(await findUnserved(target, wanted)).toEqual(said)
})

it('reads the settings that the Worker has there', async () => {
  const configPath = configure({ OAUTH_RESOURCES: RESOURCES }, `OAUTH_RESOURCES="${NOTES} drafts"\n`)
  const here = readTarget(['--config', configPath])
  expect(await findUnserved(here, wanting('drafts'))).toEqual([])
  expect(await findUnserved(here, wanting('orders'))).toHaveLength(1)
  const deployed = readTarget(['--remote', '--config', configPath])
  expect(await findUnserved(deployed, wanting('orders'))).toEqual([])
  expect(await findUnserved(deployed, wanting('drafts'))).toHaveLength(1)
})

it.each<[name: string, options: () => readonly string[]]>([
  ['the settings are those of another process', () => ['--sqlite', 'janus.sqlite']],
  ['so are those of PostgreSQL', () => ['--postgres', 'postgres://janus@127.0.0.1/janus']],
  ['the configuration does not have the setting', () => ['--config', configure({ OAUTH_SERVER: 'on' })]],
  ['the setting is wrong', () => ['--config', configure({ OAUTH_RESOURCES: 'notes:read' })]],
])('says nothing of scopes where %s', async (_, options) => {
  expect(await findUnserved(readTarget(options()), wanting('notes:raed', 'https://none.example/'))).toEqual(
    [],
  )
})

it('registers the client all the same, because the scope may be added later', async () => {
  const place = ['--config', configure({ OAUTH_RESOURCES: RESOURCES })]
  expect((await janus(migrate, ...place)).code).toBe(0)
  const redirect = ['--redirect', 'https://app.example.com/callback']
  const added = await janus(clients, 'add', 'Notes', ...redirect, '--scope', 'notes:raed', ...place)
  expect(added).toEqual({
    code: 0,
    printed: expect.stringMatching(
      /^client_id: .*\nclient_secret: .*\nWarning: OAUTH_RESOURCES has no scope notes:raed\. .*orders\. Add .*, or remove the client /,
    ),
  })
})
