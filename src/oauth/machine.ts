import type { Client, ClientProof } from './client'
import type { ClientKey } from './client-keys'

/** Finds clients that act for themselves. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface MachineStore {
  /** Returns the client if it has proven who it is. */
  findProven(proof: ClientProof): Promise<Client | null>
  /** Returns the keys of a client that signs assertions, and what proves it to other statements. */
  findKeys(
    clientId: string,
  ): Promise<{ readonly keys: readonly ClientKey[]; readonly secretHash: string } | null>
  /** Notes an assertion. `false`: it was used before. */
  useAssertion(assertion: { readonly id: string; readonly expiresAt: number }): Promise<boolean>
}
