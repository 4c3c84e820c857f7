import type { Keyring, SealingPurpose } from './keyring'
import { seal, unseal } from './sealing'

/** Seals what a browser carries and must neither read nor change, for as long as it says itself. */
export interface Seals<T extends { readonly expiresAt: number }> {
  seal(value: T): Promise<string>
  /** Returns `null` for what was not sealed here, and for what has expired. */
  open(text: string, now: number): Promise<T | null>
}

/**
 * Makes seals of one kind.
 *
 * @param name Tells the kind and the issuer from others, so that one seal cannot be put in the place of another. @param maxLength Bounds what is opened.
 */
export function createExpiringSeals<T extends { readonly expiresAt: number }>({
  keyring,
  purpose,
  name,
  maxLength,
}: {
  readonly keyring: Keyring
  readonly purpose: SealingPurpose
  readonly name: string
  readonly maxLength: number
}): Seals<T> {
  return {
    async seal(value) {
      const bytes = new TextEncoder().encode(JSON.stringify(value))
      const { text, secretId } = await seal(keyring, purpose, name, bytes)
      return `${secretId}.${text}`
    },

    async open(text, now) {
      const [, secretId, sealed] = /^([\w-]{8})\.([\w-]+\.[\w-]+)$/.exec(text.slice(0, maxLength)) ?? []
      if (secretId === undefined || sealed === undefined) return null
      const bytes = await unseal(keyring, purpose, name, { text: sealed, secretId })
      // It was sealed here, so it has the form.
      const value = bytes && (JSON.parse(new TextDecoder().decode(bytes)) as T)
      // guard: what a browser carries expires
      return value && now < value.expiresAt ? value : null
    },
  }
}
