import type * as v from 'valibot'

/** A body of named fields, each text or a flag. */
export type BodySchema = v.ObjectSchema<v.ObjectEntries, undefined>

/** Describes what runs before the handler of a route. */
export interface RouteFacts {
  /** Says whether the route needs no principal. */
  readonly open?: true
  /** Says whether an open route accepts an access token anyway. */
  readonly bearing?: true
  /** Says whether a page of another site may post here. */
  readonly foreign?: true
  /** The schema of a JSON body. */
  readonly json?: BodySchema
  /** The schema of a form. */
  readonly form?: BodySchema
  /** The schema of a form that is the only body, as OAuth has it. */
  readonly oauthForm?: BodySchema
  /** The schema of a JSON body of OAuth, whose unknown members are ignored. */
  readonly oauthJson?: BodySchema
  /** Says whether the route reads from the session store that the session is active. */
  readonly live?: true
  /** Says whether the person must have proven who they are a short while ago. */
  readonly recent?: true
  /** Says whether a client may name its attempt, to repeat it. */
  readonly repeatable?: true
  /** Says whether the route limits how often a client may call it. */
  readonly limited?: true
  /** Says whether the route may take a token of Turnstile. */
  readonly human?: true
  /** Says whether the body may say whose account is meant. */
  readonly ownAccount?: true
  /** Says whether the route exists only where mail is sent. */
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

/** Returns the facts that middleware states about itself; none if it states nothing. */
export function factsOf(middleware: object): RouteFacts {
  return facts.get(middleware) ?? {}
}
