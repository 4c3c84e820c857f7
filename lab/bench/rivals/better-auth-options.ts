import type { BetterAuthOptions } from 'better-auth'

export const BASE_URL = 'https://bench.example'

/** Better Auth's own defaults, but for its rate limit and its log, which are off. */
export function betterAuthOptions({ DB, AUTH_SECRET }: Cloudflare.Env) {
  return {
    database: DB,
    baseURL: BASE_URL,
    secret: AUTH_SECRET,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions
}
