import type * as v from 'valibot'

/** A body of named fields, each text or a flag. */
export type BodySchema = v.ObjectSchema<v.ObjectEntries, undefined>

/** What stands before the handler of a route. */
export interface RouteFacts {
  /** Whether the route needs no principal. */
  readonly open?: true
  /** Whether an open route takes an access token all the same. */
  readonly bearing?: true
  /** The schema of a JSON body. */
  readonly json?: BodySchema
  /** The schema of a form. */
  readonly form?: BodySchema
  /** Whether the session store is asked if the session still stands. */
  readonly live?: true
  /** Whether the person must have proven who they are a short while ago. */
  readonly recent?: true
  /** Whether a client may name its attempt, to repeat it. */
  readonly repeatable?: true
  /** Whether a client may come only so often. */
  readonly limited?: true
  /** Whether the body may say whose account is meant. */
  readonly ownAccount?: true
  /** Whether the route is there only where mail is sent. */
  readonly mail?: true
}

const facts = new WeakMap<object, RouteFacts>()

/**
 * Lets a piece of middleware say what it does, so that the OpenAPI document (tools/openapi) is made of the very schemas and guards that
 * are in force, and not of a second list of them.
 */
export function withFacts<M extends object>(middleware: M, does: RouteFacts): M {
  facts.set(middleware, does)
  return middleware
}

/** What a piece of middleware has said of itself; nothing if it has not. */
export function factsOf(middleware: object): RouteFacts {
  return facts.get(middleware) ?? {}
}
