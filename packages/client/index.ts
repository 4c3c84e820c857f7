// All that `janus/client` exports.
export { type Abortable, type Call, createJanusClient, type JanusClient } from './client.ts'
export type {
  Fetch,
  JanusClientOptions,
  SessionModeOptions,
  TokenInBodyOptions,
  TokenInCookieOptions,
} from './options.ts'
export { type FieldError, JanusProblem, type ProblemCode } from './problem.ts'
export type { Listener } from './sign-in-state.ts'
export type { TokenStorage } from './tokens.ts'
export type {
  Credentials,
  Me,
  NewAccount,
  PendingSignIn,
  Profile,
  Session,
  SignedIn,
  SignUp,
  User,
} from './types.ts'
