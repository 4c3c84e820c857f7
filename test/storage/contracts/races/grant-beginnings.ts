import { newKey } from '../api-key-contract'
import { NOW, register, source } from '../arrange'
import { ALL, issueCode } from '../oauth-store-contract'
import type { Beginning } from './beginnings'

export const REDEMPTION = 'a code that is redeemed'

/** Lists the ways in which a grant of a client begins or goes on. */
export const GRANT_BEGINNINGS: Readonly<Record<string, Beginning>> = {
  [REDEMPTION]: redemption('read', ['account', 'session', 'browser']),
  'a code that is redeemed for offline access': redemption('read offline_access', ['account', 'session']),
  'an API key that is made': {
    restsOn: ['account', 'session'],
    async arrange({ stores: { users, apiKeys } }) {
      const ada = await register(users, 'token')
      return {
        ada,
        async next() {
          const key = newKey(ada)
          return async () => ((await apiKeys.create(key)).outcome === 'created' ? key.id : null)
        },
      }
    },
  },
  'a refresh of a client': {
    restsOn: ['account', 'session'],
    async arrange(course) {
      const { oauth } = course.stores
      const ada = await register(course.stores.users, 'token')
      const code = await issueCode(course, ada, 'read offline_access')
      const redeemed = await oauth.redeem(code)
      if (redeemed.outcome !== 'redeemed') throw new Error(`The code is ${redeemed.outcome}`)
      const { id } = redeemed.grant.live.session
      const terms = { now: NOW, idleExpiresAt: NOW + 700, reuseSeconds: 10, source }
      return {
        ada,
        next: async () => async () =>
          (await oauth.rotate(code.client, { id, counter: 0 }, ALL, terms)).outcome === 'rotated' ? id : null,
      }
    },
  },
}

function redemption(scope: string, restsOn: Beginning['restsOn']): Beginning {
  return {
    restsOn,
    async arrange(course) {
      const ada = await register(course.stores.users, 'token')
      return {
        ada,
        async next() {
          const code = await issueCode(course, ada, scope)
          return async () =>
            (await course.stores.oauth.redeem(code)).outcome === 'redeemed' ? code.grantId : null
        },
      }
    },
  }
}
