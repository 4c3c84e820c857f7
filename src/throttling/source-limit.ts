import { type ClientNetwork, clientNetworks } from '../request-source/address-bucket'
import type { RequestSource } from '../request-source/request-source'
import type { AccountKeys } from './account-key'

/**
 * Holds what one source may spend, whichever accounts it is after: so many units at once, and then one each so many seconds. A failed attempt
 * at a password, a try at the code of a sign-in link, a registration, and a request for mail are a unit each. A right password and a link
 * cost nothing: an office or a school is one source, too. A larger network may spend more than one of its parts, and far less than all of them.
 */
const SOURCE_LIMITS: Readonly<Record<ClientNetwork['size'], { burst: number; intervalSeconds: number }>> = {
  single: { burst: 30, intervalSeconds: 2 },
  '/56': { burst: 60, intervalSeconds: 1 },
  '/48': { burst: 120, intervalSeconds: 1 },
}

/** A budget of a request's source: of its address, or of a network that the address is in. No address is stored in clear. */
export interface Source {
  readonly key: string
  /** Holds what one unit costs. */
  readonly seconds: number
  /** Sets how far ahead of its rate the source may be and still spend. */
  readonly room: number
}

/** Returns the budgets that a request's source is charged against. It has to have something left of each. */
export function sourcesOf(accountKeys: AccountKeys, { address }: RequestSource): Promise<readonly Source[]> {
  return Promise.all(
    // guard: a network of IPv6 has a limit of its own
    clientNetworks(address).map(async ({ name, size }) => {
      const { burst, intervalSeconds } = SOURCE_LIMITS[size]
      const room = (burst - 1) * intervalSeconds
      return { key: await accountKeys(name), seconds: intervalSeconds, room }
    }),
  )
}

/** Its source has spent too much, whichever accounts it was after. */
export interface SourceThrottled {
  readonly outcome: 'source-throttled'
  readonly retryAfterSeconds: number
}
