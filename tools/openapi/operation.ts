import type { ProblemCode } from '../../src/http/problem'
import type { ResponseSchemaName } from './response-schemas'

/** Holds the facts about a route that its code does not say. document.ts reads the rest from the route. */
export interface Operation {
  readonly id: string
  readonly tag: keyof typeof TAGS
  readonly summary: string
  readonly description?: string
  /** For an open route: which credential it accepts anyway. */
  readonly takes?: 'any' | 'refresh-token' | 'any-or-refresh-token'
  readonly parameters?: readonly ('id' | 'code' | 'cursor' | 'provider')[]
  /** A body that is accepted, for a route that takes one. */
  readonly request?: unknown
  /** By status: the answers to a request that was handled. Forms get 303 in addition. */
  readonly answers: Readonly<Record<number, Answer>>
  /** The problems of the route itself. Guards and body validation add theirs. */
  readonly problems?: readonly ProblemCode[]
  /** Is `true` if the route returns a page when `Accept` prefers `text/html`. */
  readonly page?: true
  /** `false` if the route needs no storage and so cannot return `store-unavailable`. */
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
  | 'Content-Disposition'
  | 'Clear-Site-Data?'
  | 'Cache-Control'

export const TAGS = {
  'Sign in': 'Start a session, with a cookie or with tokens.',
  Passwords: 'Change or reset a password.',
  Addresses: 'Verify or change an email address. With `MAILER=none` these return 404.',
  Account: 'Your account and what happened to it.',
  Sessions: 'List and end sessions.',
  Devices: 'List and forget known devices.',
  Passkeys: 'List, add, rename and remove passkeys (WebAuthn).',
  'API keys': 'Make, list and revoke personal API keys. With `API_KEYS=off` these return 404.',
  'Connected apps':
    'List and disconnect apps that a person allowed. With `OAUTH_SERVER=off` these return 404.',
  'Sign-in providers': 'List, connect and disconnect identities at other providers.',
  'Authorization server': 'Tokens for other apps (OAuth 2.1). With `OAUTH_SERVER=off` these return 404.',
  Service: 'Keys, problems and health.',
}
