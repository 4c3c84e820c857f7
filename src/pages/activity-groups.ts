/** Something that happened to the account, as the audit trail has it. */
export interface EventView {
  /** The request that did it; `null` if none did. */
  readonly requestId: string | null
  /** Seconds since the epoch. */
  readonly at: number
  readonly event: string
  readonly outcome: 'success' | 'refused'
  readonly reason: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  /** Words such as "Chrome on Windows"; `null` when the client said nothing. */
  readonly device: string | null
}

/** Describes what happened, and how often at once. */
export interface EventGroup extends EventView {
  readonly count: number
  /** Says whether there may be more of it than was read. */
  readonly orMore: boolean
}

/**
 * Makes one row of sessions that ended together, as by "Sign out everywhere": next to each other, at the same instant, for the same
 * reason and by the same request. Everything else is a row of its own.
 *
 * @param complete Whether these are all events there are, so that no group may go on behind the last one.
 */
export function groupEvents(events: readonly EventView[], complete: boolean): readonly EventGroup[] {
  const groups: EventGroup[] = []
  for (const event of events) {
    const last = groups.at(-1)
    if (last && endedTogether(last, event)) groups[groups.length - 1] = { ...last, count: last.count + 1 }
    else groups.push({ ...event, count: 1, orMore: false })
  }
  const last = groups.at(-1)
  if (!complete && last && last.count > 1) groups[groups.length - 1] = { ...last, orMore: true }
  return groups
}

function endedTogether(one: EventView, other: EventView): boolean {
  return (
    one.event === 'session-ended' &&
    other.event === 'session-ended' &&
    one.at === other.at &&
    one.reason === other.reason &&
    one.requestId === other.requestId
  )
}
