import type { Keyring } from '../crypto/keyring'
import type { SigningKeys } from './signing-keys'

/** Creates keys of HS256 for a closed system, derived from the configured secrets, so nothing is stored and nothing published. */
export function createSharedSigningKeys(keyring: Keyring): SigningKeys {
  return {
    alg: 'HS256',
    async signer() {
      const { secretId, key } = await keyring.newest('access-token')
      return { kid: secretId, key }
    },
    async verifier(kid) {
      const keys = await keyring.all('access-token')
      return keys.find(({ secretId }) => secretId === kid)?.key ?? null
    },
    async keySet() {
      return null
    },
    async sweep() {},
  }
}
