import type { EmailAddress } from '../identity/email-address'

/** A person as a provider knows them. */
export interface Identity {
  /** Vouches for the subject: a URL. */
  readonly issuer: string
  /** Never reassigned by its issuer. */
  readonly subject: string
  /** `null`: the provider named none, or none that is an address. */
  readonly email: EmailAddress | null
  /** Says whether the provider is authoritative for the domain of the address, and says that the person has it. */
  readonly emailProven: boolean
  readonly name: string | null
}

/** Holds what a browser is sent to a provider with. */
export interface AuthorizationRequest {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** For PKCE; the provider gets its SHA-256 (RFC 7636 §4.2). */
  readonly verifier: string
}

/** Holds what a provider answered, and what it was asked. */
export interface AuthorizationAnswer extends AuthorizationRequest {
  /** The parameters of the answer. Nothing of them is verified. */
  readonly parameters: URLSearchParams
  /** The name that came beside the answer, which nobody has signed. */
  readonly statedName: string | null
}

export type Identified =
  | { readonly outcome: 'identified'; readonly identity: Identity }
  /** The person declined, or the provider did in their name. */
  | { readonly outcome: 'denied' }
  /** The answer is not valid. The reason is for the log: a short code. */
  | { readonly outcome: 'refused'; readonly reason: string }

/** A provider of identities that the operator has configured. */
export interface Provider {
  /** Names it in paths and settings. */
  readonly name: string
  /** Names it on buttons. */
  readonly label: string
  /** Says whether it answers by a form that the browser posts from its site. */
  readonly postsAnswers: boolean
  /** @throws {ProviderUnavailable} */
  authorizationUrl(request: AuthorizationRequest): Promise<URL>
  /** Redeems the code of an answer and verifies who it is about. Nothing that the provider issues is kept. @throws {ProviderUnavailable} */
  identify(answer: AuthorizationAnswer): Promise<Identified>
}

/** A provider did not answer as one that works does: too late, not at all, too much, or with a failure. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable'

  /** @param reason A short code for the log. */
  constructor(readonly reason: string) {
    super('The provider is unavailable')
  }
}
