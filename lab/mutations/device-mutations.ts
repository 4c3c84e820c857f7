import type { Mutation } from './core-mutations.ts'

/** The guards of what a device may do, and of the budgets that it has. */
export const DEVICE_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'of two device cookies none counts',
    file: 'src/guards/presented-devices.ts',
    from: 'text === undefined || others.length > 0 ?',
    to: 'text === undefined ?',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device credential is of one issuer',
    file: 'src/devices/device-credentials.ts',
    from: 'const { keyring, issuer } = services',
    to: "const { keyring, issuer } = { ...services, issuer: '' }",
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a request reads few device credentials',
    file: 'src/devices/device-credentials.ts',
    from: "text.split('~', MOST_DEVICES)",
    to: "text.split('~')",
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device counts for its own account',
    file: 'src/storage/sql/devices.ts',
    from: 'JOIN devices ON devices.user_id = users.id',
    to: 'JOIN devices',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device that is used up is forgotten',
    file: 'src/storage/sql/attempts.ts',
    from: "kind = 'password' AND spent_until - :now > :room)",
    to: "kind = 'password' AND spent_until - :now > :room + 1e12)",
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device is forgotten by its owner alone',
    file: 'src/storage/sql/device-store.ts',
    from: "'DELETE FROM devices WHERE user_id = :user_id AND id = :id RETURNING id'",
    to: `"DELETE FROM devices WHERE :user_id <> '' AND id = :id RETURNING id"`,
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'the first proof of an address ends the devices there were',
    file: 'src/storage/d1/migrations/0008_devices.sql',
    from: ' AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)\nBEGIN\n  DELETE FROM devices',
    to: ' AND 1 = 0\nBEGIN\n  DELETE FROM devices',
    tests: ['test/mail/sign-in-link.test.ts'],
  },
  {
    guard: 'a session that has ended asks for mail as a stranger',
    file: 'src/storage/sql/mail-requests.ts',
    from: 'AND sessions.ended_at IS NULL\n',
    to: '\n',
    tests: ['test/mail/known-askers.test.ts'],
  },
]
