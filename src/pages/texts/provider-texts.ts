import type { OwnCatalogue } from '../../request-source/catalogue'
import type { ApiKeyTexts } from './api-key-texts'
import type { ConsentTexts } from './consent-texts'
import type { DeviceTexts } from './device-texts'
import type { SignOutTexts } from './sign-out-texts'

/** Holds the texts of the pages that only a service with `createProvider` carries. */
export interface ProviderTexts {
  readonly consent: ConsentTexts
  readonly device: DeviceTexts
  readonly signOut: SignOutTexts
  readonly apiKeys: ApiKeyTexts
}

/** Holds what an app changes of them, and what it adds. */
export type OwnProviderTexts = {
  readonly [Part in keyof ProviderTexts]?: OwnCatalogue<ProviderTexts[Part]>
}
