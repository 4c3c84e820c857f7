import type { Mutation } from './mutation.ts'

const STATUS = ['test/oauth/token-status.test.ts']
const MACHINES = ['test/oauth/machines.test.ts']
const DEVICE = ['test/oauth/device.test.ts']
const ASSERTION = ['test/oauth/client-assertion.test.ts']
const KEYS = ['test/oauth/client-keys.test.ts']

/** The guards of what clients do without a person. */
export const MACHINE_MUTATIONS: readonly Mutation[] = [
  { guard: 'a token of a client issued before the database was put back is none', tests: STATUS },
  {
    guard: 'a client ends what it was granted, and nothing of another',
    cut: ' AND client_id = :client_id',
    put: '',
    tests: STATUS,
  },
  {
    guard: 'a client ends nothing before it has proven who it is',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: ' AND ${PROVEN}',
    put: ' AND :client_secret IS NOT DISTINCT FROM :client_secret',
    tests: STATUS,
  },
  {
    guard: 'a client revokes no token that names another',
    cut: ' === client.clientId ?',
    put: ' !== null ?',
    tests: STATUS,
  },
  {
    guard: 'a grant that was ended is inactive at once',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '${JOIN_LIVE_ACCOUNT}',
    put: 'JOIN users ON users.id = sessions.user_id AND CAST(:now AS BIGINT) > 0',
    tests: STATUS,
  },
  {
    guard: 'a token that was revoked is inactive',
    cut: 'challenge_id = :spent)',
    put: "challenge_id = :spent || 'x')",
    tests: STATUS,
  },
  {
    guard: 'a public client cannot ask about tokens',
    cut: 'asking.secret_hash !== null',
    put: 'asking.id !== null',
    tests: STATUS,
  },
  {
    guard: 'who asks about a token is its client or its audience',
    cut: 'active.audience === caller.serves',
    put: 'caller.id !== null',
    tests: STATUS,
  },
  {
    guard: 'a refresh token that has a successor is inactive',
    cut: ' || grant.refreshCounter !== counter',
    put: '',
    tests: STATUS,
  },
  {
    guard: 'a machine that may not have tokens any more has none',
    cut: "client?.grants.includes('client_credentials') && ",
    put: '',
    tests: STATUS,
  },
  {
    guard: 'a machine’s token is for one resource',
    cut: 'aud: resource',
    put: 'aud: issuer',
    tests: MACHINES,
  },
  { guard: 'only a client that an operator let act for itself does', lines: 2, tests: MACHINES },
  {
    guard: 'a machine is granted no offline access',
    cut: 'word !== OFFLINE_ACCESS',
    put: "word !== ''",
    tests: MACHINES,
  },
  { guard: 'a client that signs nobody in is given no code', lines: 2, tests: MACHINES },
  {
    guard: 'an assertion is signed by a key of its client',
    cut: 'await jwtVerify(assertion,',
    put: 'await (async (text: string, ..._: unknown[]) => ({ payload: decodeJwt(text) }))(assertion,',
    tests: ASSERTION,
  },
  {
    guard: 'the client of an assertion is a text',
    cut: "typeof clientId === 'string' && ",
    put: '',
    tests: ASSERTION,
  },
  { guard: 'an assertion is for this issuer alone', tests: ASSERTION },
  {
    guard: 'whatever else a key says is not kept',
    cut: 'MEMBERS.includes(name)',
    put: "name !== ''",
    tests: ['test/oauth/document-keys.test.ts'],
  },
  {
    guard: 'a key is made of texts that can be kept',
    cut: " && member.isWellFormed() && !member.includes('\\0')",
    put: '',
    tests: ['test/oauth/document-keys.test.ts'],
  },
  { guard: 'an assertion lasts five minutes at most', tests: ASSERTION },
  {
    guard: 'an assertion works once',
    cut: '!(await machines.useAssertion({ id, expiresAt: Math.ceil(exp) }))',
    put: "id === ''",
    tests: ASSERTION,
  },
  { guard: 'a client that signs proves who it is in one way', lines: 5, tests: ASSERTION },
  {
    guard: 'a client starts no request of a device that may not use it',
    cut: ' AND grants LIKE :grant',
    put: ' AND :grant IS NOT NULL',
    tests: DEVICE,
  },
  {
    guard: 'a client starts no request of a device before it has proven who it is',
    cut: 'secret_hash IS NOT DISTINCT FROM :client_secret',
    put: ':client_secret IS NOT DISTINCT FROM :client_secret',
    tests: DEVICE,
  },
  {
    guard: 'who entered a code owns it',
    cut: '(user_id IS NULL OR user_id = :user_id)',
    put: ':user_id IS NOT NULL',
    tests: DEVICE,
  },
  {
    guard: 'only the owner of a code decides about it, once',
    cut: ' AND allowed IS NULL',
    put: '',
    tests: DEVICE,
  },
  {
    guard: 'a device code is of its client',
    cut: ' AND client_id = :client_id',
    put: ' AND :client_id IS NOT NULL',
    tests: DEVICE,
  },
  {
    guard: 'a device that asks too soon waits longer',
    cut: 'THEN :more ELSE 0 END,',
    put: 'THEN 0 * :more ELSE 0 END,',
    tests: DEVICE,
  },
  {
    guard: 'tokens that cannot be signed use up no device code',
    cut: ', idTokens.ready()',
    put: '',
    tests: DEVICE,
  },
  {
    guard: 'a device code is of its resource',
    cut: 'resource = :resource)',
    put: ":resource <> '')",
    tests: DEVICE,
  },
  {
    guard: 'a device code for what settings name no more is not used up',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: ' AND ${SERVED}',
    put: ' AND :served IS NOT NULL AND :part IS NOT DISTINCT FROM :part',
    tests: DEVICE,
  },
  { guard: 'a device code expires', cut: 'expires_at > :now', put: ':now > 0', tests: DEVICE },
  {
    guard: 'a device code is taken by its client alone',
    cut: 'client_id = :client_id',
    put: ':client_id IS NOT NULL',
    tests: DEVICE,
  },
  {
    guard: 'a device code is taken by a client that has proven who it is',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: ' AND ${PROVEN}',
    put: ' AND :client_secret IS NOT DISTINCT FROM :client_secret',
    tests: DEVICE,
  },
  {
    guard: 'a device code ends with the session that allowed it',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '${JOIN_LIVE_ACCOUNT} WHERE',
    put: 'WHERE :now > 0 AND',
    tests: DEVICE,
  },
  { guard: 'whatever starts a grant names the person to its client', tests: DEVICE },
  { guard: 'a refresh token of one factor is inactive where two are required', tests: STATUS },
  {
    guard: 'an access token of one factor is inactive where two are required',
    cut: 'lacksFactor(policy, { roles, ...assuranceOf(session.methods) }) ? null : claims',
    put: 'claims',
    tests: STATUS,
  },
  {
    guard: 'a device code is taken once',
    cut: ' AND redeemed_as IS NULL',
    put: '',
    tests: DEVICE,
  },
  {
    guard: 'codes of devices cannot be tried without end',
    cut: "'/device', limited, ",
    put: "'/device', ",
    tests: DEVICE,
  },
  { guard: 'a registered key is public', lines: 2, tests: KEYS },
  { guard: 'an RSA key of a client is long enough', lines: 2, tests: KEYS },
  {
    guard: 'a client that acts for itself can prove who it is',
    lines: 2,
    tests: ['test/smoke/operator.test.ts'],
  },
]
