import { Buffer } from 'node:buffer'
import { timingSafeEqual, webcrypto } from 'node:crypto'
import { createShortCrypto } from './short-crypto'

// What Workers have and Node 22 to 24 lack. Each is added only where it is missing.

type Base64Options = { readonly alphabet?: string; readonly omitPadding?: boolean }

function addMissing(target: object, name: string, value: unknown): void {
  if (name in target) return
  Object.defineProperty(target, name, { value, writable: true, configurable: true })
}

addMissing(Uint8Array.prototype, 'toBase64', function (this: Uint8Array, options: Base64Options = {}) {
  const buffer = Buffer.from(this.buffer, this.byteOffset, this.byteLength)
  if (options.alphabet !== 'base64url') return buffer.toString('base64')
  const text = buffer.toString('base64url')
  return options.omitPadding ? text : text.padEnd(Math.ceil(text.length / 4) * 4, '=')
})

// Buffer reads either alphabet and skips what is in none. Callers check the alphabet first, or decode what they wrote.
addMissing(Uint8Array, 'fromBase64', (text: string) => new Uint8Array(Buffer.from(text, 'base64')))

addMissing(crypto.subtle, 'timingSafeEqual', timingSafeEqual)

addMissing(globalThis, 'scheduler', {
  wait: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
})

// Workers compute these where they are asked.
const { subtle } = webcrypto
Object.assign(
  subtle,
  createShortCrypto({
    digest: subtle.digest.bind(subtle),
    sign: subtle.sign.bind(subtle),
    verify: subtle.verify.bind(subtle),
    importKey: subtle.importKey.bind(subtle),
    deriveKey: subtle.deriveKey.bind(subtle),
  }),
)
