import type { Mutation } from './mutation.ts'

const OPERATOR = ['test/smoke/operator.test.ts']
const REDIRECT_URIS = ['test/oauth/redirect-uri.test.ts']

/** The guards of the authorization server. */
export const OAUTH_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a redirect URI has no wildcard, no fragment and nothing that two parsers read differently',
    cut: '/[\\\\*#]/.test(text)',
    put: 'false',
    tests: REDIRECT_URIS,
  },
  { guard: 'what a browser would run is no redirect URI', tests: REDIRECT_URIS },
  { guard: 'a redirect URI names no user', lines: 2, tests: REDIRECT_URIS },
  { guard: 'plain http leads to this machine alone', lines: 2, tests: REDIRECT_URIS },
  {
    guard: 'only the port of this machine may differ',
    cut: ' rest === presentedRest &&',
    put: '',
    tests: REDIRECT_URIS,
  },
  { guard: 'the name of a client shows people what it is', lines: 2, tests: OPERATOR },
  {
    guard: 'a public client gets no secret',
    cut: ' AND secret_hash IS NOT NULL',
    put: '',
    tests: ['test/oauth/client-statements.test.ts'],
  },
]
