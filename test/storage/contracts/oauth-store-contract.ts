import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../../../src/crypto/base64url'
import { DEVICE_GRANT } from '../../../src/oauth/grant-types'
import type { PresentedCode, RefreshAsked } from '../../../src/oauth/oauth-store'
import { AUTHENTICATION_METHODS, assuranceOf } from '../../../src/sessions/assurance'
import type { SqlDatabase } from '../../../src/storage/sql/sql-database'
import { sql } from '../../../src/storage/sql/statement'
import {
  type AllStores,
  NOW,
  prepare,
  type Registered,
  random,
  register,
  signIn,
  source,
  storesOn,
} from './arrange'

const REDIRECT_URI = 'https://app.example/callback'
const RESOURCE = 'https://api.example'

/** A refresh that asks for all that was granted. */
const SERVED = { uri: RESOURCE, scopes: ['read', 'write', 'more_of'] }
export const ALL: RefreshAsked = { scopes: null, resource: null, served: [SERVED] }

interface Place {
  readonly stores: AllStores
  readonly db: SqlDatabase
}

/** Registers a client, without a secret unless it is given the hash of one. */
export async function addClient(db: SqlDatabase, secretHash: string | null = null): Promise<string> {
  const id = `c_${encodeBase64url(crypto.getRandomValues(new Uint8Array(16)))}`
  await db.change(
    sql(
      `INSERT INTO oauth_clients (id, name, secret_hash, redirect_uris, scopes, created_at)
       VALUES (:id, 'App', :secret_hash, :redirect_uris, '["read"]', :now)`,
      { id, secret_hash: secretHash, redirect_uris: JSON.stringify([REDIRECT_URI]), now: NOW },
    ),
  )
  return id
}

/** Returns a request of a client for a code, in the first session of a person. */
export function codeFor(clientId: string, ada: Registered, scope: string) {
  const [codeHash, challenge] = [random(32), random(32)]
  const request = {
    ...{ clientId, redirectUri: REDIRECT_URI, state: null, challenge, scope, resource: RESOURCE },
    ...{ nonce: 'a nonce', claims: null, prompt: [], maxAge: null },
  }
  const { id: sessionId } = ada.prepared.session
  const whose = { userId: ada.user.id, sessionId }
  return { codeHash, request, ...whose, expiresAt: NOW + 60, remember: false, now: NOW }
}

/** Returns that code as its client presents it. */
export function presented({ codeHash, request }: ReturnType<typeof codeFor>): PresentedCode {
  const { clientId, redirectUri, challenge, resource } = request
  return {
    client: { clientId, secretHash: null },
    ...{ codeHash, redirectUri, challenge, resource, grantId: random(16), newSubject: random(32) },
    ...{ idleExpiresAt: NOW + 600, expiresAt: NOW + 6000, source, now: NOW },
    closedTo: { everybody: false, roles: [] },
    served: [SERVED],
  }
}

/** Registers a public client that may use the device grant. */
export async function addDeviceClient(db: SqlDatabase): Promise<string> {
  const id = await addClient(db)
  const grants = JSON.stringify([DEVICE_GRANT])
  await db.change(sql('UPDATE oauth_clients SET grants = :grants WHERE id = :id', { id, grants }))
  return id
}

/** Registers a client, and issues a code for it in the first session of somebody. */
export async function issueCode(
  { stores: { oauth }, db }: Place,
  ada: Registered,
  scope: string,
): Promise<PresentedCode> {
  const code = codeFor(await addClient(db), ada, scope)
  expect(await oauth.issueCode(code)).toBe(true)
  return presented(code)
}

/** Tests what every adapter of {@link OAuthStore} must do. */
export function oauthStoreContract(engine: string, open: () => SqlDatabase): void {
  describe(`${engine}, as an OAuthStore`, () => {
    async function arrange(scope = 'read') {
      const place = { db: open(), stores: storesOn(open()) }
      const ada = await register(place.stores.users)
      const { oauth, sessions } = place.stores
      return { place, ada, oauth, sessions, code: await issueCode(place, ada, scope) }
    }

    const isLive = async ({ sessions }: Pick<AllStores, 'sessions'>, id: string) =>
      (await sessions.findLive(id, NOW)) !== null

    it('gives a code for a session that is live, its own account and a client that there is', async () => {
      const { place, ada, oauth, sessions } = await arrange()
      const bob = await register(place.stores.users)
      const client = await addClient(place.db)
      const code = codeFor(client, ada, 'read')
      expect(await oauth.issueCode({ ...code, userId: bob.user.id })).toBe(false)
      expect(await oauth.issueCode(codeFor(`c_${random(16)}`, ada, 'read'))).toBe(false)
      const by = { actorId: ada.user.id, source }
      await sessions.endAll(ada.user.id, { except: null }, { reason: 'signed-out', by, now: NOW })
      expect(await oauth.issueCode(code)).toBe(false)
    })

    it('takes a code once, of many callers, and ends what it gave when it comes again', async () => {
      const { oauth, code, sessions } = await arrange()
      const tries = Array.from({ length: 8 }, () => ({ ...code, grantId: random(16) }))
      const outcomes = await Promise.all(tries.map((each) => oauth.redeem(each)))
      const redeemed = outcomes.filter(({ outcome }) => outcome === 'redeemed')
      expect(redeemed).toHaveLength(1)
      expect(redeemed[0]).toMatchObject({ nonce: 'a nonce', grant: { scope: 'read', resource: RESOURCE } })
      for (const { grantId } of tries) expect(await isLive({ sessions }, grantId)).toBe(false)
    })

    it.each([
      ['redirect URI', { redirectUri: 'https://other.example' }],
      ['verifier', { challenge: 'A'.repeat(43) }],
      ['resource', { resource: 'https://other.example' }],
      ['time', { now: NOW + 60 }],
    ])('refuses a code with another %s, and leaves it to its client', async (_, other) => {
      const { oauth, code } = await arrange()
      expect(await oauth.redeem({ ...code, ...other })).toEqual({ outcome: 'invalid' })
      expect((await oauth.redeem(code)).outcome).toBe('redeemed')
    })

    it.each([
      ['resource', [{ ...SERVED, uri: 'https://other.example' }]],
      ['scope', [{ ...SERVED, scopes: ['rea', 'write'] }]],
    ])('takes no code of which settings have no %s, and leaves it to its client', async (_, served) => {
      const { oauth, code, sessions } = await arrange()
      const granted = { scope: 'read', resource: RESOURCE }
      expect(await oauth.redeem({ ...code, served })).toEqual({ outcome: 'unserved', granted })
      expect(await oauth.redeem({ ...code, served, challenge: 'A'.repeat(43) })).toEqual({
        outcome: 'invalid',
      })
      expect(await isLive({ sessions }, code.grantId)).toBe(false)
      expect((await oauth.redeem(code)).outcome).toBe('redeemed')
    })

    it('gives a client that has a secret nothing without it', async () => {
      const { place, ada, oauth } = await arrange()
      const secretHash = random(32)
      const code = codeFor(await addClient(place.db, secretHash), ada, 'read')
      await oauth.issueCode(code)
      const without = presented(code)
      expect(await oauth.redeem(without)).toEqual({ outcome: 'unknown-client' })
      const proof = { clientId: code.request.clientId, secretHash }
      expect((await oauth.redeem({ ...without, client: proof })).outcome).toBe('redeemed')
    })

    it.each([
      ['read', false],
      ['read offline_access', true],
    ])('a grant of %s outlives a sign-out of the session that it came from: %s', async (scope, outlives) => {
      const { ada, oauth, sessions, code } = await arrange(scope)
      await oauth.redeem(code)
      const by = { actorId: ada.user.id, source }
      const { id } = ada.prepared.session
      await sessions.end({ id, userId: ada.user.id }, { reason: 'signed-out', by, now: NOW })
      expect(await isLive({ sessions }, code.grantId)).toBe(outlives)
    })

    describe.each([
      ['read', false],
      ['read offline_access', true],
    ])('OP-08: a grant of %s', (scope, outlives) => {
      /** Signs somebody in where the first session of somebody was. */
      const signInAfter = ({ prepared }: Registered, who: Registered, secretHash = prepared.secretHash) =>
        signIn(storesOn(open()).users, who, {
          presented: [{ sessionId: prepared.session.id, secretHash }],
        })

      it('goes on in the session that its person begins in place of its own, and ends with a sign-out there', async () => {
        const { ada, oauth, sessions, code } = await arrange(scope)
        await oauth.redeem(code)
        const { prepared } = await signInAfter(ada, ada)
        // What is over already hands on nothing, and ends nothing.
        await signInAfter(ada, await register(storesOn(open()).users))
        expect(await isLive({ sessions }, code.grantId)).toBe(true)
        const by = { actorId: ada.user.id, source }
        const own = { id: prepared.session.id, userId: ada.user.id }
        await sessions.end(own, { reason: 'signed-out', by, now: NOW })
        expect(await isLive({ sessions }, code.grantId)).toBe(outlives)
      })

      it('stays with its account and its browser when another account signs in', async () => {
        const { ada, oauth, sessions, code } = await arrange(scope)
        const eve = await register(storesOn(open()).users)
        await oauth.redeem(code)
        // Who does not have the secret of the session is in another browser.
        await signInAfter(ada, eve, random(32))
        expect(await isLive({ sessions }, code.grantId)).toBe(true)
        await signInAfter(ada, eve)
        expect(await isLive({ sessions }, code.grantId)).toBe(outlives)
        expect((await sessions.findLive(code.grantId, NOW))?.session.userId).toBe(
          outlives ? ada.user.id : undefined,
        )
      })
    })

    it('OP-05: moves the token of a grant on for its client, once, and ends it when an old one comes back', async () => {
      const { place, oauth, sessions, code } = await arrange()
      await oauth.redeem(code)
      const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
      const token = { id: code.grantId, counter: 0 }
      const other = { clientId: await addClient(place.db), secretHash: null }
      expect(await oauth.rotate(other, token, ALL, terms)).toEqual({ outcome: 'over' })
      expect(await oauth.rotate({ ...other, clientId: `c_${random(16)}` }, token, ALL, terms)).toEqual({
        outcome: 'unknown-client',
      })
      expect(await oauth.rotate(code.client, token, ALL, terms)).toMatchObject({
        outcome: 'rotated',
        counter: 1,
      })
      const later = { ...terms, now: NOW + 11 }
      expect(await oauth.rotate(code.client, { ...token, counter: 1 }, ALL, later)).toMatchObject({
        counter: 2,
      })
      const reuse = await oauth.rotate(code.client, token, ALL, { ...terms, now: NOW + 22 })
      expect([reuse.outcome, await isLive({ sessions }, code.grantId)]).toEqual(['reused', false])
    })

    it.each<[RefreshAsked, string]>([
      [{ ...ALL, scopes: ['read', 'write'] }, 'wider-scope'],
      [{ ...ALL, scopes: ['rea'] }, 'wider-scope'],
      [{ ...ALL, resource: 'https://other.example' }, 'other-resource'],
      [{ ...ALL, served: [{ ...SERVED, uri: 'https://other.example' }] }, 'other-resource'],
      [{ ...ALL, served: [{ ...SERVED, scopes: ['rea', 'moreXof', 'write'] }] }, 'wider-scope'],
      [{ ...ALL, scopes: ['read'], served: [{ ...SERVED, scopes: ['more_of'] }] }, 'wider-scope'],
      [{ ...ALL, served: [{ ...SERVED, scopes: ['more_of'] }] }, 'rotated'],
      [{ ...ALL, served: [] }, 'other-resource'],
      [{ ...ALL, scopes: ['read'], resource: RESOURCE }, 'rotated'],
    ])('moves no token on that is presented for more than was granted: %j', async (asked, outcome) => {
      const { oauth, code } = await arrange('read more_of')
      await oauth.redeem(code)
      const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
      const token = { id: code.grantId, counter: 0 }
      expect((await oauth.rotate(code.client, token, asked, terms)).outcome).toBe(outcome)
      const next = { ...token, counter: outcome === 'rotated' ? 1 : 0 }
      const whole = { ...ALL, scopes: ['more_of', 'read'] }
      expect((await oauth.rotate(code.client, next, whole, terms)).outcome).toBe('rotated')
    })

    it('where two factors are required, begins a grant of the sessions alone that have two: of no proof, of each and of each pair', async () => {
      const place = { db: open(), stores: storesOn(open()) }
      const { users, oauth } = place.stores
      const singles = AUTHENTICATION_METHODS.map((method) => [method])
      const pairs = AUTHENTICATION_METHODS.flatMap((method, i) =>
        AUTHENTICATION_METHODS.slice(i + 1).map((other) => [method, other]),
      )
      const sessions = [[], ...singles, ...pairs].map((names) => names.map((method) => ({ method, at: NOW })))
      const outcomes: unknown[] = []
      for (const methods of sessions) {
        const ada = await register(users)
        const prepared = prepare(ada.user.id)
        await signIn(users, ada, { prepared: { ...prepared, session: { ...prepared.session, methods } } })
        const code = await issueCode(place, { ...ada, prepared }, 'read')
        const { outcome } = await oauth.redeem({ ...code, closedTo: { everybody: true, roles: [] } })
        outcomes.push([methods, outcome, await isLive(place.stores, code.grantId)])
      }
      expect(outcomes).toEqual(
        sessions.map((methods) =>
          assuranceOf(methods).acr === 'urn:janus:2fa'
            ? [methods, 'redeemed', true]
            : [methods, 'invalid', false],
        ),
      )
    })

    it('forgets codes that have expired, and no others', async () => {
      const { oauth, code } = await arrange()
      await oauth.forgetCodes(NOW + 60, 1000)
      expect((await oauth.redeem(code)).outcome).toBe('redeemed')
      await oauth.forgetCodes(NOW + 61, 1000)
      expect(await oauth.redeem({ ...code, grantId: random(16) })).toEqual({ outcome: 'invalid' })
    })
  })
}
