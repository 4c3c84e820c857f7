import type { Mutation } from './mutation.ts'

const KEYS = ['test/oauth/api-keys.test.ts', 'test/oauth/api-key-ends.test.ts']
const STORE = ['test/storage/on-node/sqlite-truth.test.ts']

/** The guards of API keys, and of the list of connected apps. */
export const API_KEY_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'what cannot be a key costs no trip to the store',
    cut: ' && checksum === checksumOf(secret)',
    put: '',
    tests: KEYS,
  },
  {
    guard: 'the use of a key is written once a day',
    cut: 'OR key_used_at < :day)',
    put: 'OR key_used_at <= :day + 1)',
    tests: ['test/oauth/budget.test.ts'],
  },
  {
    guard: 'a key works while it and its account do',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '${JOIN_LIVE_ACCOUNT}',
    put: 'JOIN users ON users.id = sessions.user_id AND CAST(:now AS BIGINT) > 0',
    tests: KEYS,
  },
  {
    guard: 'an account has so many API keys',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '< ${MOST_API_KEYS}',
    put: '< 1000',
    tests: KEYS,
  },
  {
    guard: 'a key is made in a session of its person that is live',
    cut: 'AND sessions.user_id = :user_id AND sessions.client_id IS NULL',
    put: '',
    tests: STORE,
  },
  { guard: 'a key has scopes of its resource alone', lines: 2, tests: KEYS },
  { guard: 'nothing but a key is exchanged', lines: 2, tests: KEYS },
  { guard: 'a key of one factor acts for no account that must have two', tests: KEYS },
  {
    guard: 'a key is for one resource',
    cut: 'resource !== used.resource',
    put: "resource === ''",
    tests: KEYS,
  },
  {
    guard: 'a key widens nothing',
    cut: 'narrowed(used.scope, scope)',
    put: 'scope ?? used.scope',
    tests: KEYS,
  },
  {
    guard: 'no proof of a client is passed over',
    cut: "c.req.header('Authorization') !== undefined",
    put: 'false',
    tests: KEYS,
  },
  {
    guard: 'what would narrow a token is not passed over',
    cut: "form.has('actor_token') || form.has('audience')",
    put: 'false',
    tests: KEYS,
  },
  {
    guard: 'an API key does not end because its person signs in',
    cut: ' AND key_hash IS NULL',
    put: '',
    tests: KEYS,
  },
  {
    guard: 'API keys are not listed as sessions',
    cut: "'AND sessions.key_hash IS NULL'",
    put: "''",
    tests: KEYS,
  },
  { guard: 'nothing but an app is disconnected as one', cut: "kind: 'app', ", put: '', tests: KEYS },
  { guard: 'keys are of the services that settings name', lines: 2, tests: ['test/config/oauth.test.ts'] },
]
