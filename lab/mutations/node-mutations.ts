import type { Mutation } from './mutation.ts'

/** The guards of what serves Janus on Node or from a Durable Object, and of what moves it. */
export const NODE_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'the address of a client is what the socket says, unless a header of a proxy is named',
    cut: 'header === null',
    put: 'false',
    tests: ['test/storage/on-node/host.test.ts'],
  },
  {
    guard: 'a client of a process is limited',
    cut: 'count <= LIMIT',
    put: 'true',
    tests: ['test/storage/on-node/host.test.ts'],
  },
  {
    guard: "a stranger's URL leads to no address of this network",
    cut: 'isPublic(address)',
    put: 'address !== undefined',
    tests: ['test/storage/on-node/host.test.ts'],
  },
  {
    guard: "a stranger's URL names no address",
    tests: ['test/storage/on-node/host.test.ts'],
  },
  {
    guard: "nobody is told to install a stranger's package",
    cut: 'path/to/',
    put: '',
    tests: ['test/cli/init.test.ts'],
  },
  {
    guard: 'no secret is made for accounts that nobody could ask about',
    cut: 'MAY_HAVE_ACCOUNTS',
    put: 'null',
    tests: ['test/smoke/deploy.test.ts'],
  },
  { guard: 'a client does not write its own address', tests: ['test/storage/on-node/host.test.ts'] },
  {
    guard: 'the database is readable by its owner alone',
    cut: '0o600',
    put: '0o644',
    tests: ['test/smoke/serve.test.ts'],
  },
  {
    guard: 'one process serves from a file',
    cut: 'BEGIN EXCLUSIVE',
    put: 'BEGIN',
    tests: ['test/smoke/serve.test.ts'],
  },
  {
    guard: 'a key does what it was made for',
    cut: '!kept?.usages.includes(usage)',
    put: '!kept',
    tests: ['test/storage/on-node/short-crypto.test.ts'],
  },
  {
    guard: 'a MAC is as long as it has to be',
    cut: 'given.byteLength === expected.byteLength && ',
    put: '',
    tests: ['test/storage/on-node/short-crypto.test.ts'],
  },
  {
    guard: 'a transaction that fails leaves nothing of itself',
    cut: 'ROLLBACK TO one; ',
    put: '',
    tests: ['test/storage/on-node/group-commit.test.ts'],
  },
  {
    guard: 'an older version does not work on the tables of a newer one',
    tests: ['test/storage/on-node/sqlite-file.test.ts'],
  },
  {
    guard: 'a database that is gone with its process is for one machine',
    cut: "values.database === 'memory'",
    put: 'false',
    tests: ['test/smoke/serve.test.ts'],
  },
  {
    guard: 'what changes something is serializable',
    cut: 'LEVEL SERIALIZABLE',
    put: 'LEVEL READ COMMITTED',
    tests: ['test/storage/on-node/servers/postgres-truth.test.ts'],
  },
  {
    guard: 'of several processes one sweeps',
    cut: 'rows[0]?.mine !== true',
    put: 'false',
    tests: ['test/storage/on-node/servers/postgres-truth.test.ts'],
  },
  { guard: 'a server that dies ends no process', tests: ['test/smoke/crash-postgres.test.ts'] },
  {
    guard: 'a Memcached that dies ends no process',
    lines: 3,
    tests: ['test/smoke/serve.test.ts'],
  },
  {
    guard: 'a Redis that dies ends no process',
    cut: "'error'",
    put: "'end'",
    tests: ['test/smoke/serve.test.ts'],
  },
  {
    guard: 'a command that is given up gives up its connection',
    tests: ['test/storage/on-node/servers/session-copies.test.ts'],
  },
  {
    guard: 'a conversation that is given up gives up its connection',
    tests: ['test/storage/on-node/servers/session-copies.test.ts'],
  },
  {
    guard: 'what a server says unasked answers nothing',
    tests: ['test/storage/on-node/servers/session-copies.test.ts'],
  },
  { guard: 'a connection ends with its call', tests: ['test/on-postgres/pooled.test.ts'] },
  {
    guard: 'mail by SMTP needs its mailer',
    cut: 'mailer === null',
    put: 'false',
    tests: ['test/config/database.test.ts'],
  },
  {
    guard: 'mail does not cross a public network in clear',
    cut: '!server.tls && !server.inClear',
    put: 'false',
    tests: ['test/storage/on-node/host.test.ts'],
  },
  {
    guard: 'accounts are imported after their sessions',
    cut: 'return 3',
    put: 'return 0',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'recoveries are imported after sessions',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an export that was not finished is not imported',
    cut: 'end?.end === true',
    put: 'true',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an export is readable by its owner alone',
    cut: '0o600',
    put: '0o644',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'what changed while it was exported is noticed',
    cut: 'written !== totalOf(before)',
    put: 'false',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an export goes on only on the database as it was',
    cut: 'JSON.stringify(header) !== JSON.stringify(now)',
    put: 'false',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an export is imported into the schema that it was made of',
    cut: 'header.schema !== newest',
    put: 'false',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'what was imported is counted, and its chain is that of the export',
    cut: 'wrong.length > 0',
    put: 'false',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an import adds to nothing that is there',
    cut: 'filled.length > 0',
    put: 'false',
    tests: ['test/storage/on-node/servers/transfer.test.ts'],
  },
  {
    guard: 'an object that could not migrate runs nothing',
    tests: ['test/storage/durable-object/object.test.ts'],
  },
  {
    guard: 'the statements of one call are one transaction',
    cut: 'storage.transactionSync(() =>',
    put: '((run: () => never) => run())(() =>',
    tests: ['test/storage/durable-object/truth.test.ts'],
  },
  {
    guard: 'what must stay in a jurisdiction is created nowhere else',
    tests: ['test/storage/durable-object/object.test.ts'],
  },
  {
    guard: 'a location that is misspelt finds no other object',
    cut: 'location === undefined',
    put: 'false',
    tests: ['test/storage/durable-object/operator.test.ts'],
  },
]
