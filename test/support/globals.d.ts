import type { Wycheproof } from './read-wycheproof'

declare global {
  namespace Cloudflare {
    interface Env {
      ISSUER: string
      TEST_MIGRATIONS: import('cloudflare:test').D1Migration[]
    }
    interface GlobalProps {
      mainModule: typeof import('../../src/index')
    }
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    naughtyStrings: readonly string[]
    commonPasswords: readonly string[]
    wycheproof: Wycheproof
  }
}
