import type { CallerService, UserFacts } from 'janus'

declare global {
  namespace App {
    interface Locals {
      user: UserFacts | null
    }
    interface Platform {
      env: { AUTH: CallerService }
    }
  }
}
