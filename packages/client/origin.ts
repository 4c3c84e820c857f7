/** A host and a port that no reader of URLs takes for anything else: nothing before it, no `%`, no `\`. */
const ORIGIN = /^https?:\/\/([\w.-]+|\[[\da-f:.]+])(:\d+)?(?=[/?#]|$)/i

/**
 * Returns the origin of an absolute URL, or `undefined` if it has none or is written in a way that may be read as another.
 *
 * Not `new URL(…).origin`, which React Native does not have.
 */
export function originOf(url: string): string | undefined {
  return ORIGIN.exec(url)?.[0].toLowerCase()
}
