// All that `janus/testing` exports: for the tests of an app with Janus inside.
export { createTestClock, type TestClock } from './clock.ts'
export { createMailbox, type Mailbox } from './mailbox.ts'
export { createPerson, type PersonOptions, type TestPerson } from './person.ts'
