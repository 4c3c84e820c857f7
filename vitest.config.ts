import { join } from 'node:path'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import naughtyStrings from 'big-list-of-naughty-strings'
import { defineConfig } from 'vitest/config'
import { readWycheproof } from './test/support/read-wycheproof.ts'
import { takeTemporaryFolder } from './test/support/temporary-folder.ts'
import { reasonToSkip } from './test/support/tools.ts'
import { buildModules } from './tools/build-modules.ts'
import { selectCommonPasswords } from './tools/common-passwords.ts'

/** 256 random bits that open nothing. */
const TEST_SECRET = 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4'

buildModules()
takeTemporaryFolder()
// Wrangler is started a hundred times; with what V8 made of it the last time, in three quarters of the CPU time.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled')
// Each start of Miniflare would ask a server where this machine is.
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= 'false'

/** No test is timed, so a busy machine is no reason to fail one: only what hangs is ended. Beside other work a start has taken a minute. */
const PATIENCE_MS = 300_000

/** Nor is what a test waits for: by default it would be given up after a second. */
const POLL = { timeout: 60_000 }

/**
 * As many as the smallest machine has cores: a file under workerd or in Node keeps 1.0 to 1.3 cores busy, one with browsers 1.7. Each project
 * says it: a project takes nothing from the configuration around it, and the default on two cores is one.
 */
const WORKERS = 2

/** What looks at all that is stored, or changes the keys of everybody. */
const ALONE = [
  'test/audit/**/*.test.ts',
  // Its other files sign and verify with the keys that there are.
  'test/tokens/{access-token-algorithms,key-*,secret-*,signing-*}.test.ts',
  'test/oauth/id-token-keys.test.ts',
  'test/events/**/*.test.ts',
  'test/restores/**/*.test.ts',
  'test/throttling/forget-unused.test.ts',
  'test/mail/outbox.test.ts',
  'test/storage/*-truth.test.ts',
]

/** How operations grow with what is stored: looks at all of it, too. */
const GROWTH = 'test/growth/**/*.test.ts'

/** What needs Node and no process. */
const ON_NODE = 'test/storage/on-node'

/** The tests that start a server of PostgreSQL, Redis or Memcached. */
const WITH_SERVERS = 'test/storage/on-node/servers/*.test.ts'

/** What is said of a Durable Object as the database alone. */
const ON_DURABLE_OBJECT = 'test/storage/durable-object/**'

/** What a database other than D1 is tried with, beside the contract of databases. */
const WHAT_TOUCHES_THE_DATABASE = [
  'test/contracts/{activity,budget,one-budget,own-account,refresh,register,repetition,roles}.test.ts',
  'test/contracts/{session-credentials,session-list,session-renewal,sign-in,sign-out}.test.ts',
  'test/sessions/{account-changes,session-limit}.test.ts',
  'test/contracts/{factor-recovery,revocation,consistency,slow-stores}.test.ts',
  'test/mail/{change-email,mail-budget}.test.ts',
  'test/oauth/{api-keys,api-key-ends,connected-apps,token,token-status}.test.ts',
  'test/throttling/attempts.test.ts',
  'test/audit/{audit-trail,chain}.test.ts',
  'test/events/events.test.ts',
]

/** What changes accounts, sessions, mail, limits and the audit trail: run again on PostgreSQL, behind PgBouncer. */
const ON_POSTGRES = [
  'test/on-postgres/*.test.ts',
  'test/audit/audit-trail.test.ts',
  'test/contracts/{account-state,activity,own-account,passkey-sign-in,path-variants,refresh}.test.ts',
  'test/contracts/{factor-recovery,second-factor}.test.ts',
  'test/contracts/{register,repetition,revocation,session-list,session-renewal,sign-in}.test.ts',
  'test/flows/sign-in.test.ts',
  // Not outbox.test.ts: its sweeps are of other days, and forget the signing keys that other files have.
  'test/mail/password-reset.test.ts',
  'test/oauth/{api-keys,api-key-ends,connected-apps,authorize,token,token-status}.test.ts',
  'test/oauth/{machines,device,client-assertion,document-keys,openid,sign-out,back-channel}.test.ts',
  'test/sessions/{account-changes,session-limit,sweep-sessions}.test.ts',
  'test/social/linking.test.ts',
  'test/throttling/{attempts,turns}.test.ts',
]

/** Why they are left out on this machine, or `null`. `.ci/run` installs both. */
const NO_POSTGRES = reasonToSkip(['postgres', 'pgbouncer'])
if (NO_POSTGRES !== null) console.warn(`The project on PostgreSQL is left out: ${NO_POSTGRES}.`)

/** Tests under workerd, with a real D1 and KV, or with another database. */
function inWorkerd(
  name: string,
  files: {
    include: string[]
    exclude?: string[]
    isolate?: boolean
    globalSetup?: string[]
    setupFiles?: string[]
  },
  database: 'd1' | 'durable-object' | 'postgres' = 'd1',
) {
  const onPostgres = database === 'postgres'
  const onDurableObject = database === 'durable-object'
  return {
    extends: false as const,
    plugins: [
      cloudflareTest(async ({ inject }) => ({
        wrangler: { configPath: './wrangler.toml' },
        ...(onDurableObject ? { main: './test/support/durable-worker.ts' } : {}),
        ...(onPostgres ? { main: './test/on-postgres/worker.ts' } : {}),
        miniflare: {
          ...(onPostgres ? { hyperdrives: { HYPERDRIVE: inject<string>('postgres') } } : {}),
          // Bound only where docs/explain/session-copies.md shows it.
          durableObjects: onDurableObject
            ? { JANUS_DB: { className: 'JanusDatabase', useSQLite: true } }
            : { COPIES: { className: 'SessionCopiesObject', useSQLite: true } },
          bindings: {
            ...(database === 'd1' ? {} : { DATABASE: database }),
            ISSUER: 'https://auth.example.com',
            AUTH_SECRET: TEST_SECRET,
            // The lowest cost that can be configured; what is said of the default is tested at the default.
            PASSWORD_ITERATIONS: '100000',
            // No test calls out. The tests of the check turn it on, with a stand-in.
            BREACH_CHECK: 'off',
            // What is said of storage is tested where nothing is remembered; what the memo and seals add, in their own tests.
            MEMO_SECONDS: '0',
            SEAL_SECONDS: '0',
            TEST_MIGRATIONS: await readD1Migrations('src/storage/d1/migrations'),
          },
        },
      })),
    ],
    test: {
      name,
      maxWorkers: WORKERS,
      setupFiles: ['test/support/setup.ts'],
      ...files,
      // In their order.
      sequence: { setupFiles: 'list' as const },
      testTimeout: PATIENCE_MS,
      hookTimeout: PATIENCE_MS,
      expect: { poll: POLL },
      provide: { naughtyStrings, commonPasswords: selectCommonPasswords(), wycheproof: readWycheproof() },
    },
  }
}

/** Tests in Node. */
function onNode(name: string, files: { include: string[]; exclude?: string[] }) {
  return {
    extends: false as const,
    test: {
      name,
      maxWorkers: WORKERS,
      isolate: false,
      ...files,
      testTimeout: PATIENCE_MS,
      hookTimeout: PATIENCE_MS,
      expect: { poll: POLL },
    },
  }
}

/** For files each of which looks at all that is stored. */
const BY_ITSELF = {
  isolate: false,
  setupFiles: ['test/support/setup-alone.ts', 'test/support/setup.ts'],
}

export default defineConfig({
  // Under workerd `pg` takes the sockets of Workers, as in a bundle. What node_modules requires is resolved by this, whatever the project.
  resolve: {
    alias: { 'pg-cloudflare': join(import.meta.dirname, 'node_modules/pg-cloudflare/dist/index.js') },
  },
  test: {
    maxWorkers: WORKERS,
    reporters: ['default', './test/support/closing-reporter.ts'],
    projects: [
      inWorkerd('workers', {
        include: ['test/**/*.test.ts'],
        exclude: [
          'test/smoke/**',
          'test/docs/**',
          'test/e2e/**',
          'test/migrations/**',
          'test/stores/**',
          ON_DURABLE_OBJECT,
          'test/on-postgres/**',
          // npm run test:examples
          'test/examples/**',
          `${ON_NODE}/**`,
          GROWTH,
          ...ALONE,
        ],
        // One runtime and one storage for many files, each of which makes its own people: half of the time.
        isolate: false,
      }),
      inWorkerd('alone', { include: ALONE, ...BY_ITSELF }),
      inWorkerd('growth', { include: [GROWTH], ...BY_ITSELF }),
      inWorkerd(
        'durable-object',
        { include: [`${ON_DURABLE_OBJECT}/*.test.ts`, ...WHAT_TOUCHES_THE_DATABASE], isolate: false },
        'durable-object',
      ),
      ...(NO_POSTGRES === null
        ? [
            inWorkerd(
              'postgres',
              {
                include: ON_POSTGRES,
                isolate: false,
                globalSetup: ['test/on-postgres/start-server.ts'],
                setupFiles: ['test/on-postgres/setup.ts'],
              },
              'postgres',
            ),
          ]
        : []),
      // With servers from Debian beside it.
      inWorkerd('stores', { include: ['test/stores/**/*.test.ts'], globalSetup: ['test/stores/servers.ts'] }),
      onNode('node', {
        include: ['test/docs/**/*.test.ts', 'test/migrations/**/*.test.ts', `${ON_NODE}/*.test.ts`],
      }),
      // The command, the package, and what is served over HTTP to programs of other people.
      onNode('processes', { include: ['test/smoke/**/*.test.ts', WITH_SERVERS] }),
      {
        extends: false,
        test: {
          name: 'e2e',
          // After all others: beside other work a browser takes ten times as long for a page.
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/setup.ts'],
          // One browser for each process, and not for each file.
          isolate: false,
          testTimeout: PATIENCE_MS,
          hookTimeout: PATIENCE_MS,
          expect: { poll: POLL },
        },
      },
    ],
  },
})
