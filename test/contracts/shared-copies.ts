import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createKeyring } from '../../src/crypto/keyring'
import { createSignedTexts } from '../../src/sessions/signed-texts'
import { type CopyKind, createCopyPlace } from '../support/copy-place'
import { waitAsInProduction, waitForStores } from '../support/patience'
import { expectProblem, send, signedInPerson } from '../support/person'
import { sessionRow } from '../support/place'
import { stopTime } from '../support/stop-time'

/** A machine that does other work needs longer than the second that is the default. */
const PATIENCE_MS = 60_000

export const COPY_SECONDS = 300

/** A secret that is not Janus's. */
const FOREIGN = createSignedTexts({
  keyring: createKeyring(['Zt4Kq8sVw2Yb6Ne9Rc3Hx7Jm1Fp5Gd0Lu_Oi-TaQkWyE']),
  issuer: env.ISSUER,
  purpose: 'session-copy',
})

/** Asserts the cells of copies in a store that every place reads, and that may fail. */
export function sharedCopiesTable(kind: CopyKind): void {
  describe(`OUT-02: copies in ${kind.name}`, () => {
    it('answer a protected request by one read, and the database by none', async () => {
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      await here.services.restores.lastAt()
      here.copies.calls.length = 0
      here.db.calls.length = 0
      expect((await here.askApp(ada)).status).toBe(200)
      expect([here.copies.calls, here.db.calls]).toEqual([['get'], []])
    })

    it('signed out here: refused elsewhere at once, as soon as the store shows the deletion', async () => {
      const [here, elsewhere] = [createCopyPlace(kind), createCopyPlace(kind)]
      const ada = await signedInPerson({ mode: 'session', service: here })
      expect((await elsewhere.askApp(ada)).status).toBe(200)
      expect((await ada.post('/logout')).status).toBe(204)
      expectProblem(await elsewhere.askApp(ada), 401, 'session-ended')
    })

    it.each(['down', 'evicting', 'full', 'nonsense'] as const)(
      '%s: nobody is signed out, and everybody can sign in',
      async (fault) => {
        const here = createCopyPlace(kind)
        const ada = await signedInPerson({ mode: 'session', service: here })
        here.copies.fault = fault
        for (let request = 0; request < 2; request++) {
          expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { session_id: ada.sessionId } })
        }
        const again = await ada.signIn()
        expect((await here.askApp(again)).status).toBe(200)
        here.copies.fault = null
        expect((await here.askApp(ada)).status).toBe(200)
        expect((await here.askApp(again)).status).toBe(200)
      },
    )

    it('slow: given up after two seconds, and the database answers', async () => {
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      await here.services.restores.lastAt()
      here.copies.fault = 'slow'
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      waitAsInProduction()
      onTestFinished(waitForStores)
      onTestFinished(() => void vi.useRealTimers())
      let status: number | undefined
      const asked = here.askApp(ada).then((answer) => {
        status = answer.status
      })
      await vi.waitFor(async () => {
        await vi.advanceTimersByTimeAsync(1999)
        expect(here.copies.calls).toContain('get')
      }, PATIENCE_MS)
      await vi.waitFor(async () => {
        await vi.advanceTimersByTimeAsync(2000)
        expect(status).toBe(200)
      }, PATIENCE_MS)
      await asked
      expect(here.log).toContainEqual({ event: 'session-cache-unavailable', session_id: ada.sessionId })
    })

    it('down while somebody signs out: 503, refused at once, and for good once the sweep has run', async () => {
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      here.copies.fault = 'down'
      expectProblem(await ada.post('/logout'), 503, 'store-unavailable')
      expect(await sessionRow(ada.sessionId)).toMatchObject({ end_reason: 'signed-out' })
      expectProblem(await here.askApp(ada), 401, 'session-ended')
      here.copies.fault = null
      here.ahead = 62
      await here.sweep()
      expectProblem(await here.askApp(ada), 401, 'session-ended')
      expect(await sessionRow(ada.sessionId)).toBeNull()
    })

    it('full: a sign-out is confirmed, because a deletion needs no room', async () => {
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      here.copies.fault = 'full'
      expect((await ada.post('/logout')).status).toBe(204)
      expectProblem(await here.askApp(ada), 401, 'session-ended')
    })

    it('PLT-01: a copy with the MAC of another key gives no role, and is replaced', async () => {
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      const { session, roles, secretHash } = (await here.services.sessions.findLive(ada.sessionId, 0)) ?? {}
      const writtenAt = session?.lastSeenAt
      expect(roles).toEqual([])
      const json = JSON.stringify({ session, roles: ['admin'], secretHash, writtenAt })
      await here.copies.overwrite((key) => FOREIGN.sign(key, json))
      for (let request = 0; request < 2; request++) {
        expect(await here.askApp(ada)).toMatchObject({ status: 200, body: { roles: [] } })
        expect(here.log.filter(({ event }) => event === 'session-copy-rejected')).toHaveLength(1)
      }
    })

    it('GET /readyz names them, and says when they cannot be reached', async () => {
      const here = createCopyPlace(kind)
      for (const status of [200, 503]) {
        const answer = await send(here, 'GET', '/readyz')
        expect([answer.status, answer.body.checks.at(-1)]).toMatchObject([
          status,
          { name: kind.name, ok: status === 200 },
        ])
        here.copies.fault = 'down'
        here.ahead = 3
      }
    })

    // KV revives nothing that it deleted.
    if (kind.name === 'kv') return

    it('restored from a snapshot: what ended comes back for SESSION_COPY_SECONDS at most, and never for a live check', async () => {
      stopTime()
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      here.ahead = 100
      expect((await ada.post('/logout')).status).toBe(204)
      await here.copies.restore()
      expect((await here.askApp(ada)).status).toBe(200)
      expectProblem(await send(here, 'GET', '/me', { headers: ada.headers }), 401, 'session-ended')
      here.ahead = COPY_SECONDS - 1
      expect((await here.askApp(ada)).status).toBe(200)
      // The store may hold it for longer. The age is in what is signed.
      here.ahead = COPY_SECONDS
      await here.copies.restore()
      expectProblem(await here.askApp(ada), 401, 'session-ended')
    })

    it('a copy is written again once it is SESSION_COPY_SECONDS old', async () => {
      stopTime()
      const here = createCopyPlace(kind)
      const ada = await signedInPerson({ mode: 'session', service: here })
      here.ahead = COPY_SECONDS
      await here.services.restores.lastAt()
      for (const reads of [2, 0]) {
        here.db.calls.length = 0
        expect((await here.askApp(ada)).status).toBe(200)
        expect(here.db.calls).toHaveLength(reads)
      }
    })
  })
}
