import { createTabs } from './tabs.ts'

export type Listener = (signedIn: boolean) => void

export type SignInState<Proof> = ReturnType<typeof createSignInState<Proof>>

/**
 * Creates the state of one client's sign-in: whether there is one, here and in the other tabs.
 *
 * @param tabs The name under which tabs find one another; `''`: they share no sign-in.
 * @param adopt Takes what proves the sign-in, also from another tab; `null` if a script has nothing of it.
 */
export function createSignInState<Proof>(tabs: string, adopt: (proof: Proof | null) => void) {
  let signedIn: boolean | null = null
  /** Moves with every sign-in and sign-out: what began before one says nothing of what holds after it. */
  let epoch = 0
  const listeners = new Set<Listener>()
  const { broadcast, withLock } = createTabs<Parameters<typeof set>>(tabs, (...news) => {
    // A refresh that was under way there does not sign in a tab that has signed out.
    if (news[2] || signedIn !== false) set(...news)
  })

  /**
   * Sets the state here.
   *
   * @param proof `undefined`: as before.
   * @param changed Somebody signed in or out. `false`: it turned out who is, or the proof is a new one.
   */
  function set(now: boolean, proof: Proof | null | undefined, changed: boolean): void {
    if (proof !== undefined) adopt(proof)
    if (!changed && now === signedIn) return
    signedIn = now
    if (changed || !now) epoch++
    // Each by itself: one that throws fails neither the others nor a sign-in.
    for (const listener of listeners) Promise.resolve(now).then(listener)
  }

  /** Sets the state here and in the other tabs. */
  function tell(...news: Parameters<typeof set>): void {
    set(...news)
    broadcast(...news)
  }

  return {
    withLock,
    tell,
    signedIn: () => signedIn,
    /** Records that the proof is valid. */
    confirm: () => set(true, undefined, false),
    /** @param changed `false`: it turned out to have ended. That is not told: another tab may be signed in anew by now. */
    end: (changed: boolean) => (changed ? tell : set)(false, null, changed),
    /** Returns what tells whether nobody has signed in or out since. */
    watch(): () => boolean {
      const then = epoch
      return () => epoch === then
    },
    subscribe(listener: Listener): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
