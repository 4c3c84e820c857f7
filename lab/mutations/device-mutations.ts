import type { Mutation } from './mutation.ts'

/** The guards of what a device may do, and of the budgets that it has. */
export const DEVICE_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'of two device cookies none counts',
    cut: '|| others.length > 0 ',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device credential is of one issuer',
    cut: 'services',
    put: "{ ...services, issuer: '' }",
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a request reads few device credentials',
    cut: ', MOST_DEVICES',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device counts for its own account',
    cut: ' ON devices.user_id = users.id',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device that is used up is forgotten',
    cut: 'room)',
    put: 'room + 1e12)',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'a device is forgotten by its owner alone',
    cut: "'DELETE FROM devices WHERE user_id = :user_id AND id = :id RETURNING id'",
    put: '"DELETE FROM devices WHERE :user_id <> \'\' AND id = :id RETURNING id"',
    tests: ['test/contracts/devices-under-attack.test.ts'],
  },
  {
    guard: 'the first proof of an address ends the devices there were',
    file: 'src/storage/d1/migrations/0008_devices.sql',
    cut: ' AND (NEW.password_hash IS NOT OLD.password_hash OR NEW.password_hash IS NULL)\nBEGIN\n  DELETE FROM devices',
    put: ' AND 1 = 0\nBEGIN\n  DELETE FROM devices',
    tests: ['test/mail/sign-in-link.test.ts'],
  },
  {
    guard: 'a session that has ended asks for mail as a stranger',
    cut: 'AND sessions.ended_at IS NULL',
    tests: ['test/mail/known-askers.test.ts'],
  },
]
