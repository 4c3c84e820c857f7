// What `import … from 'janus'` has: for an app that mounts Janus in its own Worker.
export type { JanusRoutes } from '../../src/app'
export type { Principal } from '../../src/authentication/principal'
export type { CallerService, SessionEnd, Verdict } from '../../src/authentication/verdict'
export { createJanus, type Janus, type JanusOptions } from '../../src/janus'
export type { Mailer } from '../../src/mail/mailer'
export { createPages } from '../../src/pages/create-pages'
