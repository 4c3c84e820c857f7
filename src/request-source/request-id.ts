import type { Context } from 'hono'

/** Returns the id of a request: random, the same wherever it is asked for. Never the client's, who could make two alike. */
export function requestIdOf(c: Context): string {
  const variables: Context<{ Variables: { requestId?: string } }> = c
  const id = variables.get('requestId') ?? crypto.randomUUID()
  variables.set('requestId', id)
  return id
}
