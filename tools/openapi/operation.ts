import type { ProblemCode } from '../../src/http/problem'
import type { ResponseSchemaName } from './response-schemas'

/** What the code of a route does not say about it. The rest is read from the route itself (document.ts). */
export interface Operation {
  readonly id: string
  readonly tag: keyof typeof TAGS
  readonly summary: string
  readonly description?: string
  /** For an open route: which credential it takes all the same. */
  readonly takes?: 'any' | 'refresh-token' | 'any-or-refresh-token'
  readonly parameters?: readonly ('id' | 'code' | 'cursor')[]
  /** A body that is accepted, for a route that takes one. */
  readonly request?: unknown
  /** By status: how it is obeyed. That of a form, 303, goes without saying. */
  readonly answers: Readonly<Record<number, Answer>>
  /** The refusals that are its own. Those of its guards and its body go without saying. */
  readonly problems?: readonly ProblemCode[]
  /** Whether it is also a page, for who prefers `text/html`. */
  readonly page?: true
  /** `false`: it needs no storage, so it cannot be refused for want of any. */
  readonly storage?: false
}

export interface Answer {
  readonly description: string
  /** None: there is no body. */
  readonly body?: ResponseSchemaName
  readonly example?: unknown
  readonly headers?: readonly AnswerHeader[]
}

/** `?`: not in every such answer. */
export type AnswerHeader =
  | 'Location'
  | 'Set-Cookie?'
  | 'Clear-Site-Data'
  | 'Clear-Site-Data?'
  | 'Cache-Control'

export const TAGS = {
  'Sign in': 'Begin a session: with a cookie or with tokens.',
  Passwords: 'Change a password, or replace one that was forgotten.',
  Addresses: 'Prove an e-mail address, or change it. Only where mail is sent.',
  Account: 'Who one is, and what happened to the account.',
  Sessions: 'Where one is signed in, and how to end it.',
  Devices: 'Which browsers and clients are told from strangers, and how to forget one.',
  Service: 'Keys, problems and health.',
}
