import type { Mutation } from './mutations.ts'

/** The guards of what the pages promise. */
export const PAGE_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a form about another account is refused',
    file: 'src/routes/own-account.ts',
    from: 'if (meant === undefined || meant === userId) return',
    to: 'if (meant === undefined || userId) return',
    tests: ['test/contracts/other-account.test.ts'],
  },
  {
    guard: 'a link is asked for again for no other account than the one that is signed in',
    file: 'src/routes/email.ts',
    from: 'if (userId !== null) refuseOtherAccount(userId, account_id)',
    to: "if (userId === '') refuseOtherAccount(userId, account_id)",
    tests: ['test/contracts/other-account.test.ts'],
  },
]
