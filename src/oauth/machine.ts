import type { Client, ClientProof } from './client'

/** Finds clients that act for themselves. Throws {@link StoreUnavailable} when the store cannot be reached. */
export interface MachineStore {
  /** Returns the client if it has proven who it is. */
  findProven(proof: ClientProof): Promise<Client | null>
}
