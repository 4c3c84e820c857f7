import type { Mutation } from './mutation.ts'

/** The guards of what the pages promise. */
export const PAGE_MUTATIONS: readonly Mutation[] = [
  {
    guard: '/continue leads only where a form could lead',
    cut: "safeReturnTo(c.req.query('return_to')",
    put: "c.req.query('return_to') ?? safeReturnTo(undefined",
    tests: ['test/pages/continue.test.ts'],
  },
  {
    guard: 'an accent can be read on light and on dark pages',
    cut: 'LEAST_CONTRAST',
    put: '1',
    tests: ['test/config/accent.test.ts'],
  },
  {
    guard: 'a page of the app is on an origin that is configured',
    cut: '.includes(url.origin)',
    put: '.includes(origin)',
    tests: ['test/config/own-pages.test.ts'],
  },
  {
    guard: 'a page of the app does not lead back to itself',
    cut: 'own ?',
    put: '!whole ?',
    tests: ['test/config/own-pages.test.ts'],
  },
  {
    guard: 'a failure of Janus is no page of the app',
    cut: ' || PROBLEMS[problem].status >= 500',
    put: '',
    tests: ['test/pages/own-pages.test.ts'],
  },
  {
    guard: 'a page after a form notices that its cookie did not come back',
    cut: 'cookieValues(c.req.raw.headers, expected).length === 0',
    put: 'c.req.raw.bodyUsed',
    tests: ['test/pages/continue.test.ts'],
  },
  {
    guard: 'a form about another account is refused',
    cut: 'meant === userId',
    put: 'userId',
    tests: ['test/contracts/other-account.test.ts'],
  },
  {
    guard: 'a link is asked for again for no other account than the one that is signed in',
    cut: 'account_id',
    put: 'undefined',
    tests: ['test/contracts/other-account.test.ts'],
  },
  {
    guard: 'a form about another account does not come back as one of the account that is signed in',
    cut: ') ? new',
    put: ') && !problem ? new',
    tests: ['test/pages/paths.test.ts'],
  },
  {
    guard: 'what is typed on one form goes along to a form, and to nothing else',
    cut: "v.picklist(paths, 'Send the path of a page.')",
    put: 'Text',
    tests: ['test/pages/paths.test.ts'],
  },
  {
    guard: 'an offer that is too old is not shown again',
    cut: ' || offer.expiresAt <= clock()',
    put: '',
    tests: ['test/pages/second-factor.test.ts'],
  },
  {
    guard: 'no code is asked for where nothing that the account has is accepted',
    cut: 'next.length === 0',
    put: 'false',
    tests: ['test/contracts/left-out.test.ts'],
  },
  {
    guard: 'no code is asked of an account that has passkeys alone',
    cut: "first === 'passkey'",
    put: 'false',
    tests: ['test/pages/second-factor.test.ts'],
  },
  {
    guard: 'no code of an app is asked for where it would not be accepted',
    cut: "by !== 'recovery-code'",
    put: 'true',
    tests: ['test/pages/second-factor.test.ts'],
  },
  {
    guard: 'an address says of problems only that a sign-in has expired',
    cut: "=== 'sign-in-expired'",
    put: '!== undefined',
    tests: ['test/pages/own-pages.test.ts'],
  },
  {
    guard: 'a logo is a picture',
    cut: "(file.headers.get('Content-Type')?.startsWith('image/') ?? false)",
    put: 'true',
    tests: ['test/pages/logo.test.ts'],
  },
  {
    guard: 'Cloudflare rewrites no address on a page',
    cut: "{raw('<!--email_off-->')}",
    tests: ['test/pages/documents.test.ts'],
  },
]
