import { countryName } from '../request-source/country'
import { AccountForm, AccountSection, accountPath } from './account-section'
import { Hidden } from './form'
import { FRESH_FORM } from './form-state'
import type { PageContext } from './page'
import { Time } from './time'

/** A session as its owner recognises it. */
export interface SessionView {
  readonly id: string
  /** Words such as "Chrome on Windows"; `null` when the client said nothing. */
  readonly device: string | null
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null
  /** Seconds since the epoch. */
  readonly createdAt: number
  /** Seconds since the epoch. */
  readonly lastSeenAt: number
  readonly current: boolean
}

interface AccountSessionsProps {
  readonly context: PageContext
  readonly accountId: string
  readonly sessions: readonly SessionView[]
  readonly allHref: string | null
}

/** Shows where someone is signed in, and how to end it. */
export function AccountSessions({ context, accountId, sessions, allHref }: AccountSessionsProps) {
  const { texts } = context
  const hasOthers = allHref !== null || sessions.some(({ current }) => !current)
  return (
    <AccountSection id="sessions-section" title={texts.account.sessions} intro={texts.account.sessionsIntro}>
      <ul class="rows">
        {sessions.map((session) => (
          <SessionItem context={context} accountId={accountId} session={session} />
        ))}
      </ul>
      {allHref !== null && (
        <p>
          <a href={allHref}>{texts.account.allSessions}</a>
        </p>
      )}
      <div class="side-by-side">
        {hasOthers && (
          <AccountForm
            accountId={accountId}
            form={bare(context, 'end-others')}
            action="/logout/all"
            returnTo={accountPath(context, 'others-ended')}
          >
            <Hidden name="keep_current" value="true" />
            <button type="submit">{texts.account.endOthers}</button>
          </AccountForm>
        )}
        <AccountForm
          accountId={accountId}
          form={bare(context, 'end-all')}
          action="/logout/all"
          confirm={texts.account.confirmEndAll}
        >
          <button type="submit" class="danger">
            {texts.account.endAll}
          </button>
        </AccountForm>
      </div>
    </AccountSection>
  )
}

/** Renders one session. The button at the top of the page ends the current one. */
function SessionItem({
  context,
  accountId,
  session,
}: Pick<AccountSessionsProps, 'context' | 'accountId'> & { readonly session: SessionView }) {
  const { texts, language } = context
  const name = session.device ?? texts.account.unknownDevice
  return (
    <li class="row">
      <div>
        <p class="row-title">
          {name} {session.current && <span class="badge success">{texts.account.thisDevice}</span>}
        </p>
        <p class="row-details">
          {countryName(session.country, language) ?? texts.account.unknownPlace}
          {' · '}
          {texts.account.lastSeen} <Time at={session.lastSeenAt} language={language} />
        </p>
      </div>
      {!session.current && (
        <AccountForm
          accountId={accountId}
          form={bare(context, `end-${session.id}`)}
          action={`/sessions/${encodeURIComponent(session.id)}/end`}
          returnTo={accountPath(context, 'session-ended')}
        >
          <button type="submit">
            {texts.account.end}
            <span class="visually-hidden">: {name}</span>
          </button>
        </AccountForm>
      )}
    </li>
  )
}

/** Returns the state of a form that is one button. */
export function bare(context: PageContext, id: string) {
  return { context, id, state: FRESH_FORM, fields: [], retry: null }
}
