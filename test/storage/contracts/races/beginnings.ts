import { deviceProof } from '../../../../src/devices/device'
import type { Mode } from '../../../../src/sessions/mode'
import { linkFor, NOW, passwordHash, prepare, register, reserved, signIn, source } from '../arrange'
import { newIdentity } from '../identity-store-contract'
import { FACTOR_BEGINNINGS } from './factor-beginnings'
import { GRANT_BEGINNINGS } from './grant-beginnings'
import { type Course, type Ground, once, prepareOn, type Racer, type Ready, startOf } from './racer'

/** Something that begins a session, or goes on with one. */
export interface Beginning {
  readonly restsOn: readonly Ground[]
  /** Makes somebody who may do it, and returns how each try is made ready. Run, a try returns the id of the session, or `null`. */
  readonly arrange: (course: Course) => Promise<{
    readonly ada: Racer
    readonly next: () => Promise<Ready<string | null>>
  }>
}

const TERMS = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }

export const SIGN_IN = 'a sign-in by password'

export const BEGINNINGS: Readonly<Record<string, Beginning>> = {
  [SIGN_IN]: byPassword(() => ({})),
  'a sign-in that stores a new hash': byPassword(() => ({ rehashed: passwordHash() })),
  'a sign-in by link': {
    restsOn: ['account', 'password'],
    async arrange({ stores }) {
      const ada = await register(stores.users, 'token')
      return {
        ada,
        async next() {
          const use = await linkFor(stores, ada, 'sign-in')
          const prepared = prepare(ada.user.id)
          return async () => {
            const started = await stores.links.signIn({
              ...use,
              prepared,
              presented: [],
              removesPassword: true,
            })
            return started && prepared.session.id
          }
        },
      }
    },
  },
  'a refresh': {
    restsOn: ['account', 'session'],
    async arrange({ stores: { users, sessions } }) {
      const ada = await register(users, 'token')
      const { id } = ada.prepared.session
      return {
        ada,
        next: async () => async () =>
          (await sessions.rotate(id, 0, TERMS)).outcome === 'rotated' ? id : null,
      }
    },
  },
  'a change of the password': {
    restsOn: ['account', 'password'],
    async arrange({ stores: { ownAccounts, users } }) {
      const ada = await register(users, 'token')
      return {
        ada,
        next: async () => async () => {
          const prepared = prepare(ada.user.id)
          const device = deviceProof([], prepared.newDeviceId)
          const proof = { passwordHash: ada.hash, reserved: reserved(), source }
          const change = { ...proof, newHash: passwordHash(), prepared, device }
          return (await ownAccounts.changePassword(change)) && prepared.session.id
        },
      }
    },
  },
  'a renewal by password, session mode': renewalByPassword('session'),
  'a renewal by password, token mode': renewalByPassword('token'),
  'a sign-in at a provider': {
    restsOn: ['account'],
    async arrange({ stores: { users, identities } }) {
      const ada = await register(users, 'token')
      const identity = newIdentity(ada.user.id)
      const { id: sessionId, mode } = ada.prepared.session
      const change = { userId: ada.user.id, sessionId, mode, source, now: NOW }
      await identities.link(identity, { ...change, used: once() })
      const { issuer, subject } = identity
      return {
        ada,
        async next() {
          const start = startOf(prepareOn(ada, ['social']))
          const use = { issuer, subject, attempt: once(), verifiedOnly: false }
          return async () => (await identities.signIn({ ...use, ...start })) && start.prepared.session.id
        },
      }
    },
  },
  ...FACTOR_BEGINNINGS,
  ...GRANT_BEGINNINGS,
}

function byPassword(given: () => { readonly rehashed?: string }): Beginning {
  return {
    restsOn: ['account', 'password', 'one factor'],
    async arrange({ stores: { users } }) {
      const ada = await register(users, 'token')
      return {
        ada,
        next: async () => async () => {
          const { prepared, started } = await signIn(users, ada, given())
          return started && prepared.session.id
        },
      }
    },
  }
}

/** In session mode another session takes the place of the one that is renewed; in token mode that one stays. */
function renewalByPassword(mode: Mode): Beginning {
  return {
    restsOn: ['account', 'password', 'session'],
    async arrange({ stores: { ownAccounts, users } }) {
      const ada = await register(users, mode)
      const userId = ada.user.id
      const methods = [{ method: 'pwd', at: NOW }] as const
      return {
        ada,
        async next() {
          const own = { userId, sessionId: ada.prepared.session.id, mode }
          const replacement = mode === 'session' ? prepareOn(ada, ['pwd']) : null
          const renewal = { own, methods, replacement, source, now: NOW }
          const proof = { reserved: reserved(), passwordHash: ada.hash }
          return async () => (await ownAccounts.renewSession({ ...renewal, ...proof }))?.session.id ?? null
        },
      }
    },
  }
}
