import type { Mutation } from './core-mutations.ts'

const CONTRACTS = 'test/contracts'

/** Guards of what clients and people send: bodies, addresses, names, origins. */
export const INPUT_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'the name of an unknown field is not repeated',
    file: 'src/http/body.ts',
    from: '[unknownField(fieldNames)]',
    to: '[unknownField(unknownFields)]',
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'what looks like JSON is read as no form',
    file: 'src/http/body.ts',
    from: "if (type === 'form' && looksLikeJson(text))",
    to: "if (type === 'json' && text === 'JSON')",
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'a type that is not of the grammar is no type',
    file: 'src/http/media-type.ts',
    from: "join('') !== rest) return null",
    to: "join('') === ' ') return null",
    tests: ['test/http/media-type.test.ts'],
  },
  {
    guard: 'no invisible character makes another address',
    file: 'src/identity/email-address.ts',
    from: String.raw`(?!\p{Default_Ignorable_Code_Point})`,
    to: '',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'a domain is shown in letters that are the same domain',
    file: 'src/identity/email-address.ts',
    from: ' && parseDomain(readable) === domain',
    to: '',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'a domain is shown without what cannot be seen',
    file: 'src/identity/email-address.ts',
    from: 'return visible && ',
    to: 'return (visible || true) && ',
    tests: ['test/flows/email-address.test.ts'],
  },
  {
    guard: 'no wildcard is told beside credentials',
    file: 'src/http/cors.ts',
    from: 'HEADER_NAMES.test(names) ? names',
    to: "names !== '' ? names",
    tests: [`${CONTRACTS}/cors.test.ts`],
  },
  {
    guard: 'the log repeats nothing of what is no origin',
    file: 'src/http/origin.ts',
    from: '? text : ',
    to: '? text : text || ',
    tests: [`${CONTRACTS}/cors.test.ts`],
  },
  {
    guard: 'schemes without pages are no origins',
    file: 'src/http/origin.ts',
    from: 'return !NO_PAGES.has(scheme)',
    to: 'return true',
    tests: ['test/config/config.test.ts'],
  },
  {
    guard: 'no token is issued that would be refused for its length',
    file: 'src/tokens/access-token.ts',
    from: 'if (token.length > JWT_MAX_LENGTH)',
    to: 'if (token.length > JWT_MAX_LENGTH * 1e6)',
    tests: ['test/tokens/access-token.test.ts'],
  },
  {
    guard: 'issuer and audience leave room in a token',
    file: 'src/config/parsers.ts',
    from: '.byteLength <= TOKEN_NAME_MAX_BYTES',
    to: '.byteLength <= TOKEN_NAME_MAX_BYTES * 1e6',
    tests: ['test/config/config.test.ts'],
  },
  {
    guard: 'roles are bounded in bytes',
    file: 'src/storage/d1/migrations/0013_roles.sql',
    from: 'WHEN length(CAST(NEW.roles AS BLOB)) > 1024 AND NEW',
    to: 'WHEN length(NEW.roles) > 1024 AND NEW',
    tests: [`${CONTRACTS}/roles.test.ts`],
  },
  {
    guard: 'a name reverses nothing',
    file: 'src/identity/visible-text.ts',
    from: 'if (DIRECTION_CONTROLS.test(text))',
    to: "if (text === 'reversed')",
    tests: ['test/identity/visible-text.test.ts'],
  },
  {
    guard: 'a name is looked at',
    file: 'src/api/fields.ts',
    from: 'if (fault) addIssue',
    to: 'if (fault === undefined) addIssue',
    tests: [`${CONTRACTS}/own-account.test.ts`],
  },
  {
    guard: 'a form without an origin passes only if no browser sent it',
    file: 'src/guards/cross-site.ts',
    from: 'return !isBrowser && ',
    to: 'return (!isBrowser || true) && ',
    tests: [`${CONTRACTS}/cross-site.test.ts`],
  },
  {
    guard: 'no Referer of a page holds a path',
    file: 'src/pages/page-context.ts',
    from: "'strict-origin'",
    to: "'same-origin'",
    tests: [`${CONTRACTS}/headers.test.ts`],
  },
]
