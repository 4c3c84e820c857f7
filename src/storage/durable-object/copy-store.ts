import type { CopyObjects, CopyStore } from '../../sessions/copy-store'

/**
 * Keeps texts in Durable Objects, one object for each first character of a session's id: 64 of them, since ids are base64url. An object serves
 * some 1,000 requests a second.
 */
export function createDurableObjectCopyStore(objects: CopyObjects): CopyStore {
  // A stub belongs to the request that got it.
  const objectOf = (key: string) => objects.getByName(nameOf(key))

  return {
    store: 'Durable Object',
    mostDeletes: 500,

    get: (key) => objectOf(key).get(key),

    set: (key, text, seconds) => objectOf(key).set(key, text, seconds),

    async delete(keys) {
      const groups = Map.groupBy(keys, nameOf)
      await Promise.all([...groups].map(([name, group]) => objects.getByName(name).delete(group)))
    },
  }
}

function nameOf(key: string): string {
  return `copies-${key.slice('session:'.length).slice(0, 1)}`
}
