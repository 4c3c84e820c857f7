import type { Mutation } from './mutation.ts'

const CONTRACTS = 'test/contracts'

/** Guards of what clients and people send: bodies, addresses, names, origins. */
export const INPUT_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'one caller delivers to a receiver',
    cut: ' AND due_at <= :now',
    put: ' AND :now > 0',
    tests: ['test/events/events.test.ts'],
  },
  {
    guard: 'a run that was cut off does not stop those after it',
    cut: 'clock() < runsUntil',
    put: 'runsUntil > 0',
    tests: ['test/events/pump.test.ts'],
  },
  {
    guard: 'a webhook is not sent where its receiver points to',
    cut: "'manual'",
    put: "'follow'",
    tests: ['test/events/events.test.ts'],
  },
  {
    guard: 'events go out over TLS alone',
    cut: 'isTrustworthy(url)',
    put: "url.protocol !== 'ftp:'",
    tests: ['test/events/events.test.ts'],
  },
  {
    guard: 'breached passwords are refused',
    cut: '? BREACHED :',
    put: '? null :',
    tests: [`${CONTRACTS}/breached-passwords.test.ts`],
  },
  {
    guard: 'five digits of a hash leave the service',
    cut: 'PREFIX_LENGTH',
    put: 'PREFIX_LENGTH + 1',
    tests: [`${CONTRACTS}/breached-passwords.test.ts`],
  },
  {
    guard: 'no redirect takes a prefix elsewhere',
    cut: "'manual'",
    put: "'follow'",
    tests: [`${CONTRACTS}/breached-passwords.test.ts`],
  },
  {
    guard: 'a row of padding is no breach',
    cut: '> 0',
    put: '>= 0',
    tests: [`${CONTRACTS}/breached-passwords.test.ts`],
  },
  {
    guard: 'PostgreSQL takes no text with a NUL',
    tests: ['test/smoke/postgres.test.ts'],
  },
  {
    guard: 'no parameter of a form has a NUL, which PostgreSQL takes in no text',
    lines: 2,
    tests: ['test/oauth/token.test.ts'],
  },
  {
    guard: 'no nonce has a NUL, which PostgreSQL takes in no text',
    cut: "nonce.includes('\\0') || ",
    put: '',
    tests: ['test/oauth/authorize.test.ts'],
  },
  {
    guard: 'the id of a passkey is base64url: PostgreSQL takes no text with a NUL',
    cut: '/^[\\w-]{1,1364}$/',
    put: '/^[^]{1,1364}$/',
    tests: ['test/contracts/passkey-sign-in.test.ts'],
  },
  {
    guard: 'the name of an unknown field is not repeated',
    cut: 'fieldNames',
    put: 'unknownFields',
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'what looks like JSON is read as no form',
    cut: "form' && looksLikeJson(text)",
    put: "json' && text === 'JSON'",
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'a type that is not of the grammar is no type',
    cut: '!== rest',
    put: "=== ' '",
    tests: ['test/http/media-type.test.ts'],
  },
  {
    guard: 'no invisible character makes another address',
    cut: '(?!\\p{Default_Ignorable_Code_Point})',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'a domain is shown in letters that are the same domain',
    cut: ' && parseDomain(readable) === domain',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'a domain is shown without what cannot be seen',
    cut: 'visible',
    put: '(visible || true)',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'no wildcard is told beside credentials',
    cut: 'HEADER_NAMES.test(names)',
    put: "names !== ''",
    tests: [`${CONTRACTS}/cors.test.ts`],
  },
  {
    guard: 'the log repeats nothing of what is no origin',
    cut: 'text : ',
    put: 'text : text || ',
    tests: [`${CONTRACTS}/cors.test.ts`],
  },
  {
    guard: 'schemes without pages are no origins',
    cut: '!NO_PAGES.has(scheme)',
    put: 'true',
    tests: ['test/config/config.test.ts'],
  },
  {
    guard: 'no token is issued that would be refused for its length',
    cut: 'JWT_MAX_LENGTH)',
    put: 'JWT_MAX_LENGTH * 1e6)',
    tests: ['test/tokens/access-token.test.ts'],
  },
  {
    guard: 'issuer and audience leave room in a token',
    cut: 'TOKEN_NAME_MAX_BYTES',
    put: 'TOKEN_NAME_MAX_BYTES * 1e6',
    tests: ['test/config/config.test.ts'],
  },
  {
    guard: 'roles are bounded in bytes',
    file: 'src/storage/d1/migrations/0013_roles.sql',
    cut: 'WHEN length(CAST(NEW.roles AS BLOB)) > 1024 AND NEW',
    put: 'WHEN length(NEW.roles) > 1024 AND NEW',
    tests: [`${CONTRACTS}/roles.test.ts`],
  },
  {
    guard: 'a name reverses nothing',
    cut: 'DIRECTION_CONTROLS.test(text)',
    put: "text === 'reversed'",
    tests: ['test/identity/visible-text.test.ts'],
  },
  {
    guard: 'a name is looked at',
    cut: 'fault)',
    put: 'fault === undefined)',
    tests: [`${CONTRACTS}/own-account.test.ts`],
  },
  {
    guard: 'a form without an origin passes only if no browser sent it',
    cut: '!isBrowser',
    put: '(!isBrowser || true)',
    tests: [`${CONTRACTS}/cross-site.test.ts`],
  },
  {
    guard: 'no Referer of a page holds a path',
    cut: 'strict',
    put: 'same',
    tests: [`${CONTRACTS}/headers.test.ts`],
  },
]
