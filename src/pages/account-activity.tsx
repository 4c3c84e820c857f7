import { countryName } from '../request-source/country'
import { AccountSection } from './account-section'
import type { EventGroup } from './activity-groups'
import type { PageContext } from './page'
import type { Texts } from './texts/en'
import type { EventText } from './texts/en-account'
import { Time } from './time'

interface AccountActivityProps {
  readonly context: PageContext
  readonly events: readonly EventGroup[]
  readonly allHref: string | null
}

/** Shows what happened lately. */
export function AccountActivity({ context, events, allHref }: AccountActivityProps) {
  const { texts } = context
  return (
    <AccountSection id="activity-section" title={texts.account.activity} intro={texts.account.activityIntro}>
      {events.length === 0 ? (
        <p class="muted">{texts.account.noActivity}</p>
      ) : (
        <ol class="rows">
          {events.map((event) => (
            <EventRow context={context} event={event} />
          ))}
        </ol>
      )}
      {allHref !== null && (
        <p>
          <a href={allHref}>{texts.account.allActivity}</a>
        </p>
      )}
    </AccountSection>
  )
}

function EventRow({ context, event }: { readonly context: PageContext; readonly event: EventGroup }) {
  const { texts, language } = context
  const country = countryName(event.country, language)
  const reason = reasonText(texts, event.reason)
  return (
    <li class="row">
      <div>
        <p class="row-title">
          {eventText(texts, event)}
          {event.outcome === 'refused' && <span class="badge danger">{texts.account.refused}</span>}
        </p>
        <p class="row-details">
          <Time at={event.at} language={language} />
          {[reason, country, event.device]
            .filter((detail) => detail !== null)
            .map((detail) => ` · ${detail}`)}
        </p>
      </div>
    </li>
  )
}

/** Returns the text of an event, also of one that has none of its own. */
function eventText(texts: Texts, { event, outcome, count, orMore }: EventGroup): string {
  if (count > 1) return texts.account.sessionsEnded(orMore ? `${count}+` : String(count))
  const events: Readonly<Record<string, EventText>> = texts.events
  const text = Object.hasOwn(events, event) ? events[event] : undefined
  return (text ?? texts.account.otherEvent)[outcome]
}

function reasonText(texts: Texts, reason: string | null): string | null {
  const reasons: Readonly<Record<string, string>> = texts.reasons
  return reason !== null && Object.hasOwn(reasons, reason) ? (reasons[reason] ?? null) : null
}
