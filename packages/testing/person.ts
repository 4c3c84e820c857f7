import type { Janus } from '../janus/index.ts'
import type { Mailbox } from './mailbox.ts'

/** Somebody with an account, who is signed in. */
export interface TestPerson {
  readonly id: string
  readonly email: string
  readonly password: string
  readonly sessionId: string
  /**
   * The headers of a request by this person: a cookie, as from a page of the issuer's own site, or an access token. For routes of the
   * app, and for those of Janus unless `AUDIENCE` is set.
   */
  readonly headers: Readonly<Record<string, string>>
}

export interface PersonOptions {
  /** `session` by default. */
  readonly mode?: 'session' | 'token'
  /** A new one by default. */
  readonly email?: string
  readonly password?: string
  readonly name?: string
  /** Roles to give the account, with the database that Janus uses. */
  readonly roles?: { readonly db: Database; readonly names: readonly string[] }
  /** The mailbox that Janus mails to. Needed with `REGISTRATION=verified`. */
  readonly mailbox?: Mailbox
}

/** Lists the members of a D1 database that are used. */
export interface Database {
  prepare(statement: string): { bind(...values: unknown[]): { run(): Promise<unknown> } }
}

interface SignInBody {
  readonly user: { readonly id: string }
  readonly session: { readonly id: string }
  readonly access_token?: string
}

/**
 * Registers somebody with a Janus under test, by its own routes, and signs them in.
 *
 * Each person comes from an address of their own, so no limit is shared between tests.
 *
 * @throws {Error} If Janus refuses, with the body of its answer.
 */
export async function createPerson(auth: Janus, options: PersonOptions = {}): Promise<TestPerson> {
  const {
    mode = 'session',
    email = `${crypto.randomUUID()}@example.com`,
    password = crypto.randomUUID(),
    name = null,
  } = options
  const address = `10.${crypto.getRandomValues(new Uint8Array(3)).join('.')}`

  async function post(path: string, body: object): Promise<Response> {
    const response = await auth.request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': address },
      body: JSON.stringify(body),
    })
    if (response.ok) return response
    const lacks = response.status === 500 ? ` ${await (await auth.request('/readyz')).text()}` : ''
    throw new Error(`POST ${path}: ${response.status} ${await response.text()}${lacks}`)
  }

  const modeFields = mode === 'token' ? { mode, refresh_in: 'body' } : { mode }
  const signIn = () => post('/login', { email, password, ...modeFields })

  let response = await post('/register', { email, password, name, ...modeFields })
  if (response.status === 202) {
    if (!options.mailbox) throw new Error('REGISTRATION=verified: createPerson needs the mailbox')
    const { binding } = (await response.json()) as { binding: string }
    // Mail leaves behind the response.
    await auth.sweep()
    await post('/email/verify', { token: options.mailbox.token(email), binding })
    response = await signIn()
  }
  let body = (await response.json()) as SignInBody
  if (options.roles) {
    const { db, names } = options.roles
    // As an operator does it. It ends the sessions of the account.
    await db
      .prepare('UPDATE users SET roles = ?1 WHERE id = ?2')
      .bind(JSON.stringify(names), body.user.id)
      .run()
    response = await signIn()
    body = (await response.json()) as SignInBody
  }
  return {
    id: body.user.id,
    email,
    password,
    sessionId: body.session.id,
    headers: credentialOf(response, body),
  }
}

function credentialOf(response: Response, { access_token }: SignInBody): Record<string, string> {
  if (access_token !== undefined) return { Authorization: `Bearer ${access_token}` }
  const cookies = response.headers.getSetCookie().map((line) => line.replace(/;.*/s, ''))
  // A cookie counts for requests of the issuer's own pages, and a browser says which those are.
  return {
    Cookie: cookies.filter((pair) => !pair.endsWith('=')).join('; '),
    'Sec-Fetch-Site': 'same-origin',
  }
}
