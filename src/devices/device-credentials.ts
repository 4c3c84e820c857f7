import { encodeBase64url, parseBase64url } from '../crypto/base64url'
import type { Keyring } from '../crypto/keyring'

/**
 * Describes what a browser or client keeps to be told from strangers, one part for each account that was proven in it: `<device id>.<MAC>`, parts
 * joined by `~`. The MAC is HMAC-SHA-256 over issuer and id. It opens nothing.
 *
 * Which account a device is of, and whether it still is, only the database knows. It holds no secret: what is at rest cannot be
 * presented, and a forged credential is refused before anything is read.
 */
export interface DeviceCredentials {
  issue(deviceIds: readonly string[]): Promise<string>
  /** Returns the ids of the parts that this service issued, of the first {@link MOST_DEVICES}. Whatever else there is counts as none. */
  verify(text: string): Promise<readonly string[]>
}

/** People who share a browser. The one who was away longest is a stranger again. */
export const MOST_DEVICES = 4

export function createDeviceCredentials(services: {
  readonly keyring: Keyring
  readonly issuer: string
}): DeviceCredentials {
  // guard: a device credential is of one issuer
  const { keyring, issuer } = services
  const macInput = (id: string) => new TextEncoder().encode(`${issuer}\n${id}`)

  async function issueOne(id: string): Promise<string> {
    const { key } = await keyring.newest('device-credential')
    const mac = await crypto.subtle.sign('HMAC', key, macInput(id))
    return `${id}.${encodeBase64url(new Uint8Array(mac))}`
  }

  async function isIssued(id: string, mac: Uint8Array<ArrayBuffer>): Promise<boolean> {
    for (const { key } of await keyring.all('device-credential')) {
      // Web Crypto compares in constant time.
      if (await crypto.subtle.verify('HMAC', key, mac, macInput(id))) return true
    }
    return false
  }

  return {
    async issue(deviceIds) {
      const kept = [...new Set(deviceIds)].slice(0, MOST_DEVICES)
      return (await Promise.all(kept.map(issueOne))).join('~')
    },

    async verify(text) {
      const ids: string[] = []
      // guard: a request reads few device credentials
      for (const part of text.split('~', MOST_DEVICES)) {
        const [, id = '', macText = ''] = DEVICE_CREDENTIAL.exec(part) ?? []
        const mac = parseBase64url(macText)
        if (mac && id !== '' && (await isIssued(id, mac))) ids.push(id)
      }
      return ids
    },
  }
}

const DEVICE_CREDENTIAL = /^([\w-]{22})\.([\w-]{43})$/
