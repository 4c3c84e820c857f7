import type { Mutation } from './mutation.ts'

const SIGN_IN = ['test/social/sign-in.test.ts']
const REFUSALS = ['test/social/refusals.test.ts']
const EGRESS = ['test/social/egress.test.ts']
const LINKING = ['test/social/linking.test.ts']
const PRESETS = ['test/social/presets.test.ts']

/** The guards of social login. */
export const SOCIAL_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'only the boolean true proves an address',
    cut: 'claim === true',
    put: 'Boolean(claim)',
    tests: [...LINKING, ...PRESETS],
  },
  {
    guard: 'an issuer is authoritative for the domains that its operator lists',
    cut: ' && domains.includes(domainOf(email))',
    put: ' && email !== null && domains !== null',
    tests: LINKING,
  },
  {
    guard: 'a token of a tenant that is not allowed is refused',
    cut: 'isAllowed(tenants, tid)',
    put: 'isAllowed([...tenants, "common"], tid)',
    tests: PRESETS,
  },
  {
    guard: 'a key of Microsoft signs for its own issuer',
    tests: PRESETS,
  },
  {
    guard: 'a tenant of Microsoft proves no address by itself',
    cut: 'tid === CONSUMERS ||',
    put: 'tid !== undefined ||',
    tests: PRESETS,
  },
  {
    guard: 'an answer of another issuer is refused',
    cut: 'parameters, state)',
    put: 'new URLSearchParams([...parameters].map(([key, value]) => [key, key === "iss" ? metadata.issuer : value])), state)',
    tests: REFUSALS,
  },
  {
    guard: 'an ID token answers the nonce of its attempt',
    cut: 'expectedNonce: nonce',
    put: 'expectedNonce: String(decodePart(String((await response.clone().json())?.id_token), 1)?.nonce)',
    tests: REFUSALS,
  },
  {
    guard: 'the signature of an ID token is verified',
    tests: REFUSALS,
  },
  {
    guard: 'a subject is one that every database keeps',
    cut: ' || /\\p{Cc}/u.test(subject)',
    put: '',
    tests: REFUSALS,
  },
  {
    guard: 'UserInfo must be about the subject of the ID token',
    cut: 'client, sub, response',
    put: 'client, sub ? oauth.skipSubjectCheck : sub, response',
    tests: REFUSALS,
  },
  {
    guard: 'the access token must be the one of the ID token',
    cut: 'return hash ===',
    put: 'return hash !== null || hash ===',
    tests: REFUSALS,
  },
  {
    guard: 'an address at GitHub counts if it is primary and verified',
    cut: 'entry?.primary === true && entry.verified === true',
    put: 'entry?.primary === true',
    tests: PRESETS,
  },
  {
    guard: 'an offer is no attempt, and that of another issuer none here',
    cut: 'JSON.stringify([issuer, kind])',
    put: 'JSON.stringify([issuer, kind.length > 0])',
    tests: ['test/social/seals.test.ts'],
  },
  {
    guard: 'what a browser carries expires',
    cut: 'value && now < value.expiresAt ? value : null',
    put: 'value && now < value.expiresAt + 3600 ? value : null',
    tests: REFUSALS,
  },
  {
    guard: 'a provider is called at its configured hosts',
    cut: '!origins.includes(',
    put: 'origins.length === 0 && !origins.includes(',
    tests: EGRESS,
  },
  {
    guard: 'a call of a provider has a time limit',
    cut: 'AbortSignal.timeout(timeLimitMs)',
    put: 'AbortSignal.timeout(timeLimitMs * 600)',
    tests: EGRESS,
  },
  {
    guard: 'no redirect of a provider is followed',
    cut: "redirect: 'manual'",
    put: "redirect: 'follow'",
    tests: EGRESS,
  },
  {
    guard: 'the answer of a provider has a limit',
    cut: 'ANSWER_MAX_BYTES)',
    put: 'ANSWER_MAX_BYTES * 64)',
    tests: REFUSALS,
  },
  {
    guard: 'metadata of another issuer is not used',
    cut: 'metadata.issuer !== issuer',
    put: 'metadata.issuer === ""',
    tests: REFUSALS,
  },
  {
    guard: 'discovery names no host that is not configured',
    cut: '!origins.includes(',
    put: 'origins.length === 0 && !origins.includes(',
    tests: REFUSALS,
  },
  {
    guard: 'where an app is led is checked again when the provider has answered',
    cut: 'parseReturnTo(returnTo ?? undefined, config)',
    put: 'returnTo',
    tests: REFUSALS,
  },
  {
    guard: 'an identity that waits is for the account of its address',
    cut: 'account.canonicalEmail !== offer.canonicalEmail',
    put: 'offer.canonicalEmail === ""',
    tests: LINKING,
  },
  {
    guard: 'an identity is linked to the session that asked for it',
    cut: '!isFor(attempt, principal)',
    put: 'attempt === null',
    tests: LINKING,
  },
  {
    guard: 'what an app hands on is taken from the client that began it',
    cut: 'await matchesSecret(binding, attempt.bindingHash)',
    put: 'await matchesSecret(binding, attempt.bindingHash) || binding !== ""',
    tests: REFUSALS,
  },
  {
    guard: 'a parameter of an answer comes once',
    cut: 'length > 1',
    put: 'length > 9',
    tests: REFUSALS,
  },
  {
    guard: 'a provider answers at its own path',
    cut: "attempt.provider !== c.req.param('provider')",
    put: "attempt.provider === ''",
    tests: REFUSALS,
  },
  {
    guard: 'a sign-in at a provider ends in the browser that began it',
    cut: '!(await matchesSecret(binding, attempt.bindingHash))',
    put: 'binding === ""',
    tests: REFUSALS,
  },
  {
    guard: 'the account of an identity is found by issuer and subject',
    cut: '{ issuer, subject }',
    put: "{ issuer: issuer.replace('accounts.google.com', 'id.acme.example'), subject }",
    tests: SIGN_IN,
  },
  {
    guard: 'an address links no identity to the account that has it',
    lines: 1,
    tests: LINKING,
  },
  {
    guard: 'an address that its provider has not proven makes no account',
    lines: 1,
    tests: LINKING,
  },
  {
    guard: 'an identity is linked by a session that is live',
    cut: 'AND ended_at IS NULL)',
    put: ')',
    tests: LINKING,
  },
  {
    guard: 'an identity signs in to the account that it belongs to, if that is enabled',
    cut: 'AND (:verified_only = 0 OR',
    put: 'AND (:verified_only >= 0 OR',
    tests: LINKING,
  },
  {
    guard: 'an issuer is reached by TLS',
    cut: 'plain && isTrustworthy(url) &&',
    put: 'plain &&',
    tests: REFUSALS,
  },
  {
    guard: 'an address that has an account gets no second one',
    cut: 'NOT EXISTS (SELECT 1 FROM users WHERE email_canonical = :email_canonical)',
    put: ':email_canonical IS NOT NULL',
    tests: SIGN_IN,
  },
]
