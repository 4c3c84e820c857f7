import { NOW, prepare, random, register, signIn, source } from '../arrange'
import { enrolmentOf, holdForEnrolment, newApp } from '../enrolment-contract'
import { assertion, newPasskey } from '../passkey-store-contract'
import { finish, hold, setUp } from '../second-factor-contract'
import type { Beginning } from './beginnings'
import { type Course, nextStep, once, prepareOn, type Racer, startOf } from './racer'

/** Lists the ways in which a session begins by a second factor or a passkey, or with a factor that is set up or removed. */
export const FACTOR_BEGINNINGS: Readonly<Record<string, Beginning>> = {
  'a sign-in by passkey': {
    restsOn: ['account', 'passkey'],
    async arrange(course) {
      const ada = await withPasskey(course, await register(course.stores.users, 'token'))
      return {
        ada,
        async next() {
          const start = startOf(prepareOn(ada, ['passkey']))
          const use = { ...useOf(ada), challenge: once(), verifiedOnly: false }
          return async () =>
            (await course.stores.passkeys.signIn({ ...use, ...start })) && start.prepared.session.id
        },
      }
    },
  },
  'a renewal by passkey': {
    restsOn: ['account', 'session', 'passkey'],
    async arrange(course) {
      const { users, passkeys } = course.stores
      const ada = await withPasskey(course, await register(users, 'token'))
      // Whoever removes the passkey does it in the first one, which stays.
      const { prepared } = await signIn(users, ada)
      const own = { userId: ada.user.id, sessionId: prepared.session.id, mode: 'session' } as const
      const methods = [{ method: 'passkey', at: NOW }] as const
      return {
        ada,
        async next() {
          const replacement = prepareOn(ada, ['passkey'])
          const renewal = { own, methods, replacement, source, now: NOW }
          const use = { ...useOf(ada), challenge: once() }
          return async () => (await passkeys.renewSession({ ...use, ...renewal })) && replacement.session.id
        },
      }
    },
  },
  'a second step by code': {
    restsOn: ['account', 'password', 'second factor'],
    async arrange(course) {
      const { stores } = course
      const ada = await withTotp(course)
      const mac = random(32)
      const tokenHash = await hold(stores, ada, mac)
      return {
        ada,
        next: async () => async () => {
          const candidates = [{ mac, step: nextStep() }]
          const prepared = prepare(ada.user.id)
          const { outcome } = await finish(stores, ada, tokenHash, { method: 'totp', candidates }, prepared)
          return outcome === 'begun' ? prepared.session.id : null
        },
      }
    },
  },
  'a second step by passkey': {
    restsOn: ['account', 'password', 'second factor', 'passkey'],
    async arrange(course) {
      const { stores } = course
      const ada = await withPasskey(course, await withTotp(course))
      const tokenHash = await hold(stores, ada, random(32))
      return {
        ada,
        next: async () => async () => {
          const prepared = prepare(ada.user.id)
          const factor = { method: 'passkey', use: useOf(ada) } as const
          const { outcome } = await finish(stores, ada, tokenHash, factor, prepared)
          return outcome === 'begun' ? prepared.session.id : null
        },
      }
    },
  },
  'a renewal by code': {
    restsOn: ['account', 'session', 'second factor'],
    async arrange(course) {
      const { secondFactors } = course.stores
      const ada = await withTotp(course)
      const own = { userId: ada.user.id, sessionId: ada.prepared.session.id, mode: 'session' } as const
      const methods = [{ method: 'totp', at: NOW }] as const
      return {
        ada,
        async next() {
          const replacement = prepareOn(ada, ['pwd', 'totp'])
          const factor = { method: 'totp', step: nextStep() } as const
          const renewal = { own, methods, replacement, factor, source, now: NOW }
          return async () =>
            (await secondFactors.renewSession(renewal)).outcome === 'renewed' ? replacement.session.id : null
        },
      }
    },
  },
  'the setting up of a second factor': {
    restsOn: ['account', 'session'],
    async arrange({ stores }) {
      const ada = await register(stores.users, 'token')
      return {
        ada,
        next: async () => async () => {
          const { prepared, started } = await setUp(stores, ada, nextStep())
          return started && prepared.session.id
        },
      }
    },
  },
  'the removal of a second factor': {
    restsOn: ['account', 'session'],
    async arrange(course) {
      const ada = await withTotp(course)
      return {
        ada,
        next: async () => async () => {
          const { presented, ...change } = startOf(prepareOn(ada, ['pwd', 'totp']))
          const replacedSessionId = ada.prepared.session.id
          const removal = { ...change, now: NOW, replacedSessionId, onlyBesidePasskey: false }
          const started = await course.stores.secondFactors.remove(removal)
          return started && change.prepared.session.id
        },
      }
    },
  },
  'the setting up of a second factor in a sign-in': enrolment('totp'),
  'the adding of a passkey in a sign-in': enrolment('passkey'),
}

function enrolment(method: 'totp' | 'passkey'): Beginning {
  return {
    restsOn: ['account', 'password', 'one factor'],
    async arrange({ stores }) {
      const ada = await register(stores.users, 'token')
      const handle = await holdForEnrolment(stores, ada)
      return {
        ada,
        next: async () => async () => {
          const factor = method === 'totp' ? newApp(nextStep()) : { method, passkey: newPasskey(ada.user.id) }
          const enrolled = enrolmentOf(handle, factor)
          return (await stores.enrolments.finish(enrolled)) && enrolled.prepared.session.id
        },
      }
    },
  }
}

/** Returns somebody with an authenticator app, in a session that rests on it. */
async function withTotp({ stores }: Course): Promise<Racer> {
  const ada = await register(stores.users, 'token')
  const { prepared, started } = await setUp(stores, ada, nextStep())
  if (!started) throw new Error('The second factor was not set up')
  return { ...ada, prepared, started }
}

async function withPasskey({ stores: { passkeys } }: Course, ada: Racer): Promise<Racer> {
  const passkey = newPasskey(ada.user.id)
  await passkeys.prepareFor(ada.user.id, random(32))
  const { id: sessionId, mode } = ada.prepared.session
  const change = { userId: ada.user.id, sessionId, mode, source, now: NOW }
  const { outcome } = await passkeys.add(passkey, { ...change, challenge: once() })
  if (outcome !== 'added') throw new Error(`The passkey was not added: ${outcome}`)
  return { ...ada, passkey }
}

function useOf({ passkey }: Racer) {
  return { credentialId: passkey?.credentialId ?? '', assertion: assertion() }
}
