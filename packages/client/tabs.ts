/** The tabs of one browser, which share its cookies. */
export interface Tabs<News extends readonly unknown[]> {
  broadcast(...news: News): void
  /**
   * Does something while no other tab does. What the tab before told is heard by then. Both as far as they can be had: a tab
   * that is stuck is not waited for.
   */
  withLock<T>(work: () => Promise<T>): Promise<T>
}

/** Sets how long a tab waits for its turn. Far more than a refresh takes. */
const PATIENCE_MS = 10_000

/** News and locks travel by different ways: the lock may be free a moment before the news is here. */
const NEWS_MS = 500

/** Describes what browsers have, and other runtimes may not. */
interface Browser<News> {
  readonly document?: unknown
  readonly navigator?: { readonly locks?: Locks }
  readonly BroadcastChannel?: new (name: string) => Channel<News>
}

interface Locks {
  request<T>(
    name: string,
    options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    work: (lock: unknown) => T,
  ): Promise<Awaited<T>>
}

interface Channel<News> {
  onmessage: ((event: { readonly data: News }) => void) | null
  postMessage(news: News): void
}

/** Returns whether this is a browser. Servers may have channels and locks, too, but whom they reach there are other people. */
export function inBrowser(): boolean {
  return 'document' in globalThis
}

/**
 * Creates what connects the tabs of one browser.
 *
 * @param name The same in all tabs that share a sign-in; `''`: there are none.
 */
export function createTabs<News extends readonly unknown[]>(
  name: string,
  onBroadcast: (...news: News) => void,
): Tabs<News> {
  const { navigator, BroadcastChannel }: Browser<News> =
    name && inBrowser() ? (globalThis as unknown as Browser<News>) : {}
  const locks = navigator?.locks
  const channel = BroadcastChannel && new BroadcastChannel(name)
  let heard = () => {}
  if (channel) {
    channel.onmessage = ({ data }) => {
      onBroadcast(...data)
      heard()
    }
  }

  return {
    broadcast: (...news) => channel?.postMessage(news),

    async withLock<T>(work: () => Promise<T>) {
      let result = null as Promise<T> | null
      const begin = (lock: unknown) => {
        if (lock) result = work()
        return result
      }
      const news = new Promise<void>((resolve) => {
        heard = resolve
      })
      try {
        await locks?.request(name, { ifAvailable: true }, begin)
        if (!result) {
          await locks?.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, async (lock) => {
            await Promise.race([news, new Promise((resolve) => setTimeout(resolve, NEWS_MS))])
            return begin(lock)
          })
        }
      } catch {
        // Of the work, whose result has it too; or of the lock, and then the work is done without.
      }
      return result ?? work()
    },
  }
}
