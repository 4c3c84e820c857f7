import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { RESOURCE } from './oauth'
import type { SignedIn } from './person'

export interface MadeKey {
  readonly id: string
  readonly secret: string
}

/** Makes an API key, as its owner does. */
export async function makeKey(person: Pick<SignedIn, 'post'>, others: object = {}): Promise<MadeKey> {
  const answer = await person.post('/api-keys', {
    name: 'Backups',
    scope: 'notes:read',
    resource: RESOURCE,
    ...others,
  })
  expect(answer.status, answer.text).toBe(201)
  return { id: answer.body.api_key.id, secret: answer.body.secret }
}

/** Returns what is stored of an API key: a row of sessions. */
export function rowOf(id: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM sessions WHERE id = ?1').bind(id).first<Record<string, unknown>>()
}

/** Matches a refusal in the words of RFC 6749 §5.2. */
export function refusedAs(error: string) {
  return { status: 400, body: { error, error_description: expect.any(String) } }
}
