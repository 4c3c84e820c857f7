// All that `janus/client` exports.
export type {
  Credentials,
  NewAccount,
  PasswordChange,
  Session,
  SignedIn,
  SignInLink,
  SignUp,
  User,
} from './account.ts'
export { createJanusClient, type JanusClient } from './client.ts'
export type {
  Fetch,
  JanusClientOptions,
  SessionModeOptions,
  TokenInBodyOptions,
  TokenInCookieOptions,
} from './options.ts'
export { type FieldError, JanusProblem, type ProblemCode } from './problem.ts'
export type { Listener, TokenStorage } from './sign-in-state.ts'
