/** Describes what an app says of itself that no operator registered. */
export interface AppMetadata {
  /** Its own word; `null`: it gives itself no name that people can be shown. */
  readonly name: string | null
  readonly redirectUris: readonly string[]
  /** Lists what it says it will ask for. None: whatever there is. */
  readonly scopes: readonly string[]
}

/** Bounds the name of an app. */
export const NAME_MAX_LENGTH = 100

/** Returns what an app is called that gives itself no name: the host, or the scheme, of a URL of its own. */
export function nameOfUrl(url: string): string {
  const { host, protocol } = new URL(url)
  return (host === '' ? protocol.slice(0, -1) : host).slice(0, NAME_MAX_LENGTH)
}
