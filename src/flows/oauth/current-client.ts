import type { Client } from '../../oauth/client'
import { isDocumentUrl } from '../../oauth/client-document'
import type { ClientDocuments } from '../../oauth/client-documents'
import { OFFLINE_ACCESS, type Resource } from '../../oauth/scopes'

export interface CurrentClientServices {
  readonly resources: readonly Resource[]
  /** `null`: no app describes itself by a document here. */
  readonly clientDocuments: ClientDocuments | null
  /** Says whether apps register themselves here. */
  readonly registrationIsOpen: boolean
}

/**
 * Returns a client as it is now, or why a person reads that there is none. What a document said counts for as long as its headers say; then it
 * is fetched again, and while it cannot be had, what it said last counts for a day.
 *
 * @param known The client as it is stored; `null`: it is not. @throws {StoreUnavailable}
 */
export async function currentClient(
  { resources, clientDocuments, registrationIsOpen }: CurrentClientServices,
  {
    clientId,
    known,
    now,
  }: { readonly clientId: string; readonly known: Client | null; readonly now: number },
): Promise<Client | { readonly why: string }> {
  // guard: where apps do not register themselves any more, those that did ask nobody
  const closed = known?.registeredBy === 'itself' && !registrationIsOpen
  if (!isDocumentUrl(clientId))
    return known && !closed ? withScopes(known, resources) : { why: NOT_REGISTERED }
  // guard: where no documents are taken, no app describes itself
  if (clientDocuments === null)
    return { why: 'An app that describes itself at a URL is not let in here (OAUTH_CLIENTS).' }
  const { host } = new URL(clientId)
  if (!known || now >= (known.freshUntil ?? 0)) {
    const read = await clientDocuments.read(clientId, known !== null)
    if (read.outcome === 'read') return withScopes(read.client, resources)
    // guard: a document that its host does not have any more lets nobody in
    if (read.outcome === 'refused')
      return { why: `What ${host} says about the app cannot be used: ${read.why}.` }
  }
  // guard: a document that could not be read again for a day lets nobody in
  if (known && now < known.countsUntil) return withScopes(known, resources)
  return { why: `${host} could not be asked about the app just now. Try again in a minute.` }
}

/** Tells the developer of an app that its `client_id` is of no client. */
export const NOT_REGISTERED = 'Send client_id as that of a client that is registered here.'

/** Gives every scope to an app that nobody registered and that names none. */
function withScopes(client: Client, resources: readonly Resource[]): Client {
  if (client.registeredBy === 'operator' || client.scopes.length > 0) return client
  return { ...client, scopes: [...resources.flatMap(({ scopes }) => scopes), OFFLINE_ACCESS] }
}
