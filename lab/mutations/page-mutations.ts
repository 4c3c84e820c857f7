import type { Mutation } from './core-mutations.ts'

/** The guards of what the pages promise. */
export const PAGE_MUTATIONS: readonly Mutation[] = [
  {
    guard: '/continue leads only where a form could lead',
    file: 'src/pages/continue-route.tsx',
    from: "safeReturnTo(c.req.query('return_to'), config, appHome(config))",
    to: "c.req.query('return_to') ?? safeReturnTo(undefined, config, appHome(config))",
    tests: ['test/pages/continue.test.ts'],
  },
  {
    guard: 'a page after a form notices that its cookie did not come back',
    file: 'src/pages/continue-route.tsx',
    from: 'expected !== undefined && cookieValues(c.req.raw.headers, expected).length === 0',
    to: 'expected !== undefined && c.req.raw.bodyUsed',
    tests: ['test/pages/continue.test.ts'],
  },
  {
    guard: 'a form about another account is refused',
    file: 'src/api/own-account.ts',
    from: 'if (meant === undefined || meant === userId) return',
    to: 'if (meant === undefined || userId) return',
    tests: ['test/contracts/other-account.test.ts'],
  },
  {
    guard: 'a link is asked for again for no other account than the one that is signed in',
    file: 'src/api/email/email.ts',
    from: 'if (signedIn) refuseOtherAccount(signedIn.userId, account_id)',
    to: 'if (signedIn) refuseOtherAccount(signedIn.userId, undefined)',
    tests: ['test/contracts/other-account.test.ts'],
  },
  {
    guard: 'a form about another account does not come back as one of the account that is signed in',
    file: 'src/pages/create-pages.tsx',
    from: "aboutAnotherAccount(c) ? new Problem('account-mismatch') : problem",
    to: "aboutAnotherAccount(c) && !problem ? new Problem('account-mismatch') : problem",
    tests: ['test/pages/paths.test.ts'],
  },
  {
    guard: 'what is typed on one form goes along to a form, and to nothing else',
    file: 'src/pages/create-pages.tsx',
    from: "to: v.picklist(paths, 'Send the path of a page.')",
    to: 'to: Text',
    tests: ['test/pages/paths.test.ts'],
  },
  {
    guard: 'an account without a password is not deleted by a session alone',
    file: 'src/flows/delete-account.ts',
    from: "if (account.passwordHash === null) return { outcome: 'no-password' }",
    to: '',
    tests: ['test/contracts/no-password.test.ts'],
  },
  {
    guard: 'a logo is a picture',
    file: 'src/pages/logo-route.ts',
    from: "file?.headers.get('Content-Type')?.startsWith('image/') ?? false",
    to: 'true',
    tests: ['test/pages/logo.test.ts'],
  },
  {
    guard: 'Cloudflare rewrites no address on a page',
    file: 'src/pages/layout.tsx',
    from: "{raw('<!--email_off-->')}",
    to: '',
    tests: ['test/pages/documents.test.ts'],
  },
]
