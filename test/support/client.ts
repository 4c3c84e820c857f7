import { type AccountClient, createAccountClient } from '../../packages/client/account.ts'
import {
  createJanusClient,
  type JanusClient,
  type JanusClientOptions,
  type TokenStorage,
} from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import { createNetwork, type Network } from './network'
import { newEmail, PASSWORD } from './person'
import { deployed, type Service } from './service'

/** The ways to carry a sign-in that a client knows. */
export const FORMS = {
  session: { mode: 'session' },
  'token, refreshed by cookie': { mode: 'token', createTokens, refreshIn: 'cookie' },
  'token, refreshed by body': { mode: 'token', createTokens, refreshIn: 'body' },
} as const satisfies Record<
  string,
  Pick<JanusClientOptions, 'mode'> & { createTokens?: typeof createTokens; refreshIn?: string }
>

export type Form = keyof typeof FORMS

export const TOKEN_FORMS = ['token, refreshed by cookie', 'token, refreshed by body'] as const

/** A client, and what goes over its wire. */
export interface Wired {
  readonly client: JanusClient
  readonly account: AccountClient
  readonly network: Network
  /** Lists what subscribers were called with so far. */
  readonly heard: readonly boolean[]
}

export function wiredClient(form: Form, service: Service = deployed): Wired {
  const network = createNetwork((request) => service.fetch(request))
  const client = createJanusClient({ ...FORMS[form], issuer: service.issuer, fetch: network.fetch })
  const heard: boolean[] = []
  client.subscribe((signedIn) => heard.push(signedIn))
  return { client, account: createAccountClient(client), network, heard }
}

export interface SignedUp extends Wired {
  readonly email: string
}

/** Returns a client of somebody new, who is signed in. */
export async function signedUpClient(form: Form, service: Service = deployed): Promise<SignedUp> {
  const wired = wiredClient(form, service)
  const email = newEmail()
  await wired.client.signUp({ email, password: PASSWORD })
  return { ...wired, email }
}

/** A storage that others can look into, or share. */
export interface OpenStorage extends TokenStorage {
  kept: string | null
}

export function openStorage(): OpenStorage {
  const storage: OpenStorage = {
    kept: null,
    get: () => storage.kept,
    set(refreshToken) {
      storage.kept = refreshToken
    },
    remove() {
      storage.kept = null
    },
  }
  return storage
}
