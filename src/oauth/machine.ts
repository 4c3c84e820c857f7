import type { Client, ClientProof } from './client'
import type { ClientKey } from './client-keys'

/** Holds the keys of a client that signs assertions. */
export interface ProvingKeys {
  readonly keys: readonly ClientKey[]
  /** Proves the client to other statements. Nobody knows the secret. */
  readonly secretHash: string
  /** Says when the document is read again that has them, in seconds; `null`: an operator registered them. */
  readonly freshUntil: number | null
  /** Says until when they count while it cannot be read again, in seconds. */
  readonly countsUntil: number
}

/** Finds clients that act for themselves. Every method throws {@link StoreUnavailable} when the store cannot be reached. */
export interface MachineStore {
  /** Returns the client if it has proven who it is. */
  findProven(proof: ClientProof): Promise<Client | null>
  /** Returns the keys of a client that signs assertions; `null`: it signs none. */
  findKeys(clientId: string): Promise<ProvingKeys | null>
  /** Notes an assertion. `false`: it was used before. */
  useAssertion(assertion: { readonly id: string; readonly expiresAt: number }): Promise<boolean>
}
