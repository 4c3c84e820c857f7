import type { Mutation } from './core-mutations.ts'

/** The guards of what ends an account, its password and its sessions. */
export const ACCOUNT_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'mail is never a second factor',
    file: 'src/sessions/assurance.ts',
    from: "link: { amr: ['otp'], proves: 'account' }",
    to: "link: { amr: ['otp'], proves: 'possession' }",
    tests: ['test/sessions/assurance.test.ts'],
  },
  {
    guard: 'a password that is typed later makes no old code look recent',
    file: 'src/sessions/assurance.ts',
    from: '(both ? second : methods)',
    to: 'methods',
    tests: ['test/sessions/assurance.test.ts'],
  },
  {
    guard: 'an account is deleted only with the password that it has',
    file: 'src/storage/sql/user-store.ts',
    from: 'DELETE FROM users WHERE id = :user_id AND password_hash = :password_hash',
    to: 'DELETE FROM users WHERE id = :user_id AND :password_hash = :password_hash',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'an account that was disabled is not deleted by its owner',
    file: 'src/storage/sql/user-store.ts',
    from: 'password_hash = :password_hash AND disabled_at IS NULL\n           RETURNING id',
    to: 'password_hash = :password_hash\n           RETURNING id',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a deletion that does not happen ends no session',
    file: 'src/storage/sql/user-store.ts',
    from: 'ifPasswordHash: passwordHash,\n',
    to: 'ifPasswordHash: null,\n',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a password is replaced only by who knew the one that the account has',
    file: 'src/storage/sql/user-store.ts',
    from: 'WHERE id = :user_id AND password_hash = :password_hash AND disabled_at IS NULL`,',
    to: 'WHERE id = :user_id AND :password_hash = :password_hash AND disabled_at IS NULL`,',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'the password of an account that was disabled is not replaced',
    file: 'src/storage/sql/user-store.ts',
    from: 'WHERE id = :user_id AND password_hash = :password_hash AND disabled_at IS NULL`,',
    to: 'WHERE id = :user_id AND password_hash = :password_hash`,',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a change of the password that does not happen ends no session',
    file: 'src/storage/sql/user-store.ts',
    from: 'ifPasswordHash: newHash,\n',
    to: 'ifPasswordHash: null,\n',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a change of the password that does not happen forgets no device',
    file: 'src/storage/sql/devices.ts',
    from: 'AND EXISTS (SELECT 1 FROM users WHERE id = :user_id AND password_hash = :password_hash)`,',
    to: 'AND EXISTS (SELECT 1 FROM users WHERE id = :user_id AND :password_hash = :password_hash)`,',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'signing out clears no storage of an app that has the origin',
    file: 'src/api/sign-in/answer-sign-in.ts',
    from: `basePath === '' ? '"cache", "storage"' : '"cache"'`,
    to: `basePath === '-' ? '"cache"' : '"cache", "storage"'`,
    tests: ['test/contracts/mounted.test.ts'],
  },
  {
    guard: 'what is no id of a session reaches no store',
    file: 'src/flows/sign-out.ts',
    from: '  if (!/^[\\w-]{22}$/.test(id)) return false\n',
    to: '',
    tests: ['test/contracts/caller-service.test.ts'],
  },
]
