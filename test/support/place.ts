import { env } from 'cloudflare:workers'
import { createKeyring } from '../../src/crypto/keyring'
import { createSignedTexts } from '../../src/sessions/signed-texts'
import { type FaultyD1, faultyD1 } from './faulty-d1'
import { type FaultyKv, faultyKv } from './faulty-kv'
import { guardedApp } from './guarded-app'
import { type Answer, send } from './person'
import { type OwnService, ownService } from './service'

/** A Janus in one place of the network, with that place's view of the stores, and an app that it guards. */
export interface Place extends OwnService {
  readonly db: FaultyD1
  readonly kv: FaultyKv
  /** Asks the protected route of the app, which needs no live session. */
  askApp(client: { readonly headers: Record<string, string> }): Promise<Answer>
}

/** Makes one, with settings as text and bindings of its own as objects. All places share one D1 and one KV. */
export function createPlace(settings: Readonly<Record<string, unknown>> = {}): Place {
  const db = faultyD1(env.DB)
  const kv = faultyKv(env.SESSIONS)
  const service = ownService({ ...settings, DB: db, SESSIONS: kv })
  const app = guardedApp(service)
  const askApp: Place['askApp'] = ({ headers }) => send(app, 'GET', '/protected', { headers })
  // Not a copy: the clock is moved by assignment to the service itself.
  return Object.assign(service, { db, kv, askApp })
}

/** Returns the row of a session in D1, or `null`. */
export async function sessionRow(id: string): Promise<Record<string, unknown> | null> {
  return env.DB.prepare('SELECT * FROM sessions WHERE id = ?1').bind(id).first()
}

/** Returns the copy of a session in KV as it is stored, with its signature, or `null`. */
export async function sessionCopy(id: string): Promise<string | null> {
  return env.SESSIONS.get(`session:${id}`)
}

/** Returns the record in the copy of a session, or `null` if there is no copy. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into records of every shape, and assert what they find.
export async function copiedSession(id: string): Promise<any> {
  const text = await sessionCopy(id)
  return text === null ? null : JSON.parse(text.slice(text.indexOf('{')))
}

/** Writes a copy signed as Janus signs it, whatever it says. */
export async function putCopy(id: string, json: string): Promise<void> {
  const copies = createSignedTexts({
    keyring: createKeyring([env.AUTH_SECRET]),
    issuer: env.ISSUER,
    purpose: 'session-copy',
  })
  const key = `session:${id}`
  await env.SESSIONS.put(key, await copies.sign(key, json))
}
