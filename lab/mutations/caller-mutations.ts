import type { Mutation } from './mutation.ts'

/** The guards of what other services are told, and of what is remembered. */
export const CALLER_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'an expired token that ends its session is one of ours',
    cut: 'null',
    put: "JSON.parse(atob(text.split('.')[1] ?? ''))",
    tests: ['test/contracts/hostile-jwt.test.ts', 'test/contracts/sign-out-credentials.test.ts'],
  },
  {
    guard: 'a session that is signed out was proven by its own credential',
    cut: 'secret_hash',
    put: ':secret_hash',
    tests: ['test/contracts/sign-out-credentials.test.ts'],
  },
  {
    guard: 'a page of another site signs nobody out, with whatever cookie',
    cut: " && c.req.raw.headers.has('Authorization')",
    tests: ['test/contracts/sign-out-credentials.test.ts'],
  },
  {
    guard: 'keys are fetched over HTTPS, or from this machine',
    tests: ['test/verify/key-set.test.ts'],
  },
  {
    guard: 'a caller without a method counts as one that changes something',
    cut: "UNKNOWN'",
    put: "GET'",
    tests: ['test/contracts/caller-service.test.ts'],
  },
  {
    guard: 'a token for Janus is not taken by an app',
    cut: 'apiTokens',
    put: 'accessTokens',
    tests: ['test/contracts/audiences.test.ts'],
  },
  {
    guard: 'a live check asks D1, for another service too',
    cut: "' ? checkLive",
    put: "' && !checkLive ? checkLive",
    tests: ['test/contracts/caller-service.test.ts'],
  },
  {
    guard: 'a role is required',
    cut: 'role) ?',
    put: 'role) || role ?',
    tests: ['test/verify'],
  },
  {
    guard: 'an app of another Worker refuses a proof that is too old',
    cut: 'isRecent(principal, clock(), terms)',
    put: 'isRecent(principal, 0, terms)',
    tests: ['test/verify/recent.test.ts'],
  },
  {
    guard: 'a token of an old proof is refused where a recent one is needed',
    cut: '!isRecent(verdict.principal, clock(), terms)',
    put: '!isRecent(verdict.principal, 0, terms)',
    tests: ['test/verify/recent.test.ts'],
  },
  {
    guard: 'another service is told of a proof that is too old',
    tests: ['test/verify/recent.test.ts'],
  },
  {
    guard: 'a level is reached by that level alone',
    cut: 'acr === terms.acr || ',
    put: 'acr.length > 0 || ',
    tests: ['test/verify/recent.test.ts'],
  },
  {
    guard: 'what is bound in the place of Janus lets nobody in',
    cut: 'isAnswer(answer)',
    put: 'answer !== undefined',
    tests: ['test/verify/misconfigured.test.ts'],
  },
  {
    guard: 'a verifier asks a service that fails for nothing',
    cut: '.ok) {',
    put: '.ok && verdict.problem.status !== 503) {',
    tests: ['test/verify'],
  },
  {
    guard: 'made-up key ids do not load the issuer',
    cut: 'COOL_DOWN_SECONDS',
    put: '0',
    tests: ['test/verify/key-set.test.ts'],
  },
  {
    guard: 'keys do not serve for ever without their issuer',
    cut: 'MAX_AGE_IN_OUTAGE_SECONDS',
    put: '2 * MAX_AGE_IN_OUTAGE_SECONDS',
    tests: ['test/verify/key-set.test.ts'],
  },
  {
    guard: 'a session that ends here is forgotten here',
    cut: 'end(new Set(ids))\n        ',
    tests: ['test/contracts/memo.test.ts'],
  },
  {
    guard: 'the handshake of a WebSocket is no safe request',
    cut: '!isWebSocket(request',
    put: '(!isWebSocket(request) || true',
    tests: ['test/contracts/caller-service.test.ts'],
  },
  {
    guard: 'only a browser that opens a page is led to sign-in',
    cut: '!opensPage',
    put: 'false',
    tests: ['test/verify/sign-in-at.test.ts'],
  },
  {
    guard: 'a service that is not bound is no weaker check',
    cut: "('service' in options || 'live' in options) && !options.service",
    put: "'service' in options && 'live' in options && options.service === null",
    tests: ['test/verify'],
  },
  {
    guard: 'a key set of the future is of no known age',
    cut: '>= 0 && age ',
    tests: ['test/verify/key-set.test.ts'],
  },
  {
    guard: 'what was resolved before an end is not remembered after it',
    cut: 'forgotten === ',
    put: 'forgotten >= ',
    tests: ['test/contracts/memo.test.ts'],
  },
  {
    guard: 'a session is remembered no longer than it lasts',
    cut: 'min',
    put: 'max',
    tests: ['test/contracts/memo.test.ts'],
  },
  {
    guard: 'a remembered token is good only while its key is',
    cut: '=== remembered.key',
    put: '!== remembered',
    tests: ['test/contracts/memo.test.ts'],
  },
  {
    guard: 'what a seal said is remembered no longer than the seal is good for',
    cut: 'sealed.sealableUntil',
    put: 'Infinity',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'a session that ends here is not opened by its seal here',
    cut: ' && !ended.get(sealed.session.id, clock())',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'a seal hides no request that slides its session',
    cut: " - idleSeconds(lifetimes, 'session') / 2",
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'a seal is for the token it was made for',
    cut: 'await signedTexts.open(token, new TextDecoder().decode(bytes))',
    put: 'new TextDecoder().decode(bytes).slice(53)',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'a seal is accepted for SEAL_SECONDS',
    cut: ' || Math.abs(now - asOf) > sealSeconds',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'a seal from before the database was put back is ignored',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'an answer that ends or changes a session gives no seal of what was',
    cut: 'if (!isChanged) ',
    tests: ['test/contracts/session-seal.test.ts'],
  },
  {
    guard: 'what is remembered has an end',
    cut: 'until)',
    put: 'until && key === "")',
    tests: ['test/memo.test.ts', 'test/contracts/memo.test.ts'],
  },
  {
    guard: 'what is remembered has a bound',
    cut: 'capacity',
    put: '2 * capacity',
    tests: ['test/memo.test.ts'],
  },
  {
    guard: 'a store that does not answer is left alone for a while',
    tests: ['test/sessions/late-copies.test.ts'],
  },
  {
    guard: 'a call of the client ends when Janus does not answer',
    cut: 'unlessAborted(stop.signal, () => work(stop.signal)',
    put: 'work(stop.signal',
    tests: ['test/client/time-limit.test.ts'],
  },
  {
    guard: 'the client does nothing for a signal that has aborted',
    tests: ['test/client/time-limit.test.ts'],
  },
  {
    guard: 'what is missing is shown on this machine alone',
    cut: 'isLocal(new URL(c.req.url)) && ',
    tests: ['test/config/unconfigured.test.ts'],
  },
  {
    guard: 'which command makes tables is said on this machine alone',
    cut: 'redact !== null && ',
    tests: ['test/contracts/unforeseen-errors.test.ts'],
  },
]
