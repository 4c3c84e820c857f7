import type { Env } from 'hono'
import { HonoBase, type HonoOptions } from 'hono/hono-base'
import { TrieRouter } from 'hono/router/trie-router'
import type { BlankEnv, BlankSchema, Schema } from 'hono/types'

/**
 * The app and its routes, with the one router that takes every route of Janus (docs/explain/decisions/0083). Hono's own class tries a faster one
 * first, which refuses some of them, and carries both.
 */
export class Hono<
  E extends Env = BlankEnv,
  S extends Schema = BlankSchema,
  BasePath extends string = '/',
> extends HonoBase<E, S, BasePath> {
  constructor(options?: HonoOptions<E>) {
    super({ router: new TrieRouter(), ...options })
  }
}
