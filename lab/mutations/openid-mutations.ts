import type { Mutation } from './mutation.ts'

const OPENID = ['test/oauth/openid.test.ts']
const CONFORMANCE = ['test/oauth/conformance.test.ts']
const SIGN_OUT = ['test/oauth/sign-out.test.ts']
const BACK_CHANNEL = ['test/oauth/back-channel.test.ts']

/** The guards of OpenID Connect. */
export const OPENID_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'an essential level is had, or the client is told that it is not',
    cut: 'essentialAcr.includes(acr)',
    put: 'acr !== null',
    tests: CONFORMANCE,
  },
  {
    guard: 'whoever lacks a second factor is led to it once',
    cut: ' && !secondFactorAsked',
    put: '',
    tests: CONFORMANCE,
  },
  {
    guard: 'a client is told no more of a person than its scope says',
    cut: 'includesScope(scope, scopeOfClaim(claim))',
    put: 'scope !== null',
    tests: OPENID,
  },
  {
    guard: 'a logout token is no hint',
    cut: '{ ...expected, typ: TYP }',
    put: 'expected',
    tests: BACK_CHANNEL,
  },
  {
    guard: 'UserInfo takes tokens that are for UserInfo',
    cut: 'userInfoOf(issuer)',
    put: 'null',
    tests: OPENID,
  },
  {
    guard: 'a token for UserInfo issued before the database was put back is none',
    tests: ['test/oauth/id-token-keys.test.ts'],
  },
  {
    guard: 'UserInfo takes a token with openid',
    tests: OPENID,
  },
  {
    guard: 'a grant of one factor tells nothing of an account that must have two',
    tests: OPENID,
  },
  { guard: 'a token is presented in one way', tests: OPENID },
  {
    guard: 'a hint is of the client that sends it',
    cut: 'hint?.clientId !== clientId',
    put: 'hint === null',
    tests: CONFORMANCE,
  },
  {
    guard: 'a hint about one person is no answer about another whom the claims name',
    lines: 5,
    tests: CONFORMANCE,
  },
  { guard: 'claims name one person, or the request is refused', tests: OPENID },
  {
    guard: 'a claim that may have none of the values there are is no claim that may have any',
    cut: ', v.minLength(1)',
    put: '',
    tests: OPENID,
  },
  { guard: 'an essential level that cannot be read is not passed over', tests: OPENID },
  {
    guard: 'a hint about another person is no answer about this one',
    cut: 'hinted !== null && hinted !== subject',
    put: 'hinted !== null && hinted === null',
    tests: CONFORMANCE,
  },
  {
    guard: 'nobody is led after a sign-out but to a URI that the client registered',
    lines: 2,
    tests: SIGN_OUT,
  },
  { guard: 'a sign-out is asked for by the client of its hint', tests: SIGN_OUT },
  {
    guard: 'a sign-out is unasked only for the person of its hint',
    cut: ' && hint.subject === subject',
    put: '',
    tests: SIGN_OUT,
  },
  { guard: 'a parameter of a sign-out comes once', lines: 2, tests: SIGN_OUT },
  { guard: 'a sign-out by form is as short as one by URL', tests: SIGN_OUT },
  { guard: 'who is signed out is who was asked', tests: SIGN_OUT },
  {
    guard: 'a logout token is not sent where its client points to',
    cut: "'manual'",
    put: "'follow'",
    tests: BACK_CHANNEL,
  },
  {
    guard: 'one caller tells a client',
    cut: 'due_at = :until',
    put: 'due_at = :until * 0',
    tests: BACK_CHANNEL,
  },
  {
    guard: 'a grant that has ended tells nothing of a person',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '${JOIN_LIVE_ACCOUNT}',
    put: 'JOIN users ON users.id = sessions.user_id AND :now > 0',
    tests: OPENID,
  },
  {
    guard: 'a client that is not told the id of an account is never told it',
    cut: 'subjectOf(told, row.user_id)',
    put: 'row.user_id',
    tests: OPENID,
  },
  { guard: 'a logout token is sent over the web', lines: 2, tests: ['test/smoke/operator.test.ts'] },
]
