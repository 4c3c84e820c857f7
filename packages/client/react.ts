// All that `janus/client/react` exports.
import { useSyncExternalStore } from 'react'
import type { JanusClient } from './client.ts'
import type { Session, User } from './types.ts'

/** Describes who is signed in, for a component to show. */
export type SessionState = {
  /** Asks again. Resolves when the answer is there; it never rejects, because `error` has what went wrong. */
  readonly refresh: () => Promise<void>
} & (
  | { readonly status: 'loading'; readonly user: null; readonly session: null; readonly error: null }
  | { readonly status: 'signed-in'; readonly user: User; readonly session: Session; readonly error: null }
  | { readonly status: 'signed-out'; readonly user: null; readonly session: null; readonly error: null }
  /** Nothing is known, because nothing answered or Janus refused. */
  | { readonly status: 'failed'; readonly user: null; readonly session: null; readonly error: unknown }
)

interface Store {
  readonly subscribe: (onChange: () => void) => () => void
  readonly state: () => SessionState
  /** Returns the state before anything is known: on a server, and while a page takes over from it. */
  readonly initial: () => SessionState
}

/** All components of a page that use one client share what is known, and one request. */
const stores = new WeakMap<JanusClient, Store>()

/**
 * Returns who is signed in, and renders again when that changes, here or in another tab. On a server it is `loading`.
 *
 * Needs no provider: pass the same client everywhere, made once outside the components.
 */
export function useSession(auth: JanusClient): SessionState {
  let store = stores.get(auth)
  if (!store) {
    store = createStore(auth)
    stores.set(auth, store)
  }
  return useSyncExternalStore(store.subscribe, store.state, store.initial)
}

function createStore(auth: JanusClient): Store {
  const nobody = { user: null, session: null, error: null }
  const initial: SessionState = { ...nobody, status: 'loading', refresh }
  let state = initial as SessionState
  let latest = 0
  let asking = 0
  let stop: (() => void) | null = null
  const onChanges = new Set<() => void>()

  function setState(next: SessionState): void {
    state = next
    for (const onChange of onChanges) onChange()
  }

  async function ask(): Promise<SessionState> {
    asking++
    try {
      const me = await auth.me()
      return me
        ? { ...nobody, ...me, status: 'signed-in', refresh }
        : { ...nobody, status: 'signed-out', refresh }
    } catch (error) {
      return { ...nobody, status: 'failed', error, refresh }
    } finally {
      asking--
    }
  }

  async function refresh(): Promise<void> {
    const turn = ++latest
    const next = await ask()
    // Otherwise it was overtaken.
    if (turn === latest) setState(next)
  }

  function onSignIn(signedIn: boolean): void {
    if (!signedIn) {
      latest++
      setState({ ...nobody, status: 'signed-out', refresh })
      // `me` answers for whoever is signed in when it resolves, so a request under way need not be repeated.
    } else if (asking === 0) void refresh()
  }

  return {
    initial: () => initial,
    state: () => state,
    subscribe(onChange) {
      onChanges.add(onChange)
      if (!stop) {
        stop = auth.subscribe(onSignIn)
        void refresh()
      }
      return () => {
        onChanges.delete(onChange)
        if (onChanges.size > 0) return
        stop?.()
        stop = null
      }
    },
  }
}
