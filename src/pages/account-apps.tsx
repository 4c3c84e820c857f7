import { type ScopeTexts, scopeText } from '../oauth/scope-texts'
import type { GrantedApp } from '../sessions/session'
import { AccountForm, AccountSection, accountPath } from './account-section'
import { bare } from './account-sessions'
import type { PageContext } from './page'
import { Time } from './time'

/** Describes a grant as the person who allowed it sees it. */
export interface AppView {
  /** Identifies the grant. */
  readonly id: string
  readonly app: GrantedApp
  /** Seconds since the epoch. */
  readonly createdAt: number
  /** Seconds since the epoch. */
  readonly lastSeenAt: number
}

interface AccountAppsProps {
  readonly context: PageContext
  readonly accountId: string
  readonly apps: readonly AppView[]
  readonly scopeTexts: ScopeTexts
}

/** Shows which apps may act for the account, and ends their access. */
export function AccountApps({ context, accountId, apps, scopeTexts }: AccountAppsProps) {
  const { texts, language } = context
  return (
    <AccountSection id="apps-section" title={texts.account.apps} intro={texts.account.appsIntro}>
      <ul class="rows">
        {apps.map(({ id, app, createdAt, lastSeenAt }) => {
          // guard: an app that nobody here registered is listed by its host, and not by its own word
          const name = app.host ?? app.name
          return (
            <li class="row">
              <div>
                <p class="row-title">
                  {name} {app.host !== null && app.host !== app.name && `(“${app.name}”)`}
                </p>
                <p class="row-details">
                  {app.scope.split(' ').map((scope, index) => (
                    <>
                      {index > 0 && ', '}
                      {scopeText(scopeTexts, scope, language) ?? <code>{scope}</code>}
                    </>
                  ))}
                  {app.resource !== null && ` ${texts.account.at(app.resource)}`}
                </p>
                <p class="row-details">
                  {texts.account.since} <Time at={createdAt} language={language} />
                  {' · '}
                  {texts.account.lastSeen} <Time at={lastSeenAt} language={language} />
                </p>
              </div>
              {/* By the route of sessions: that of apps is there only with `createProvider`, and what was allowed before it was left out is, too. */}
              <AccountForm
                accountId={accountId}
                form={bare(context, `end-${id}`)}
                action={`/sessions/${encodeURIComponent(id)}/end`}
                returnTo={accountPath(context, 'access-ended')}
              >
                <button type="submit">
                  {texts.account.endAccess}
                  <span class="visually-hidden">: {name}</span>
                </button>
              </AccountForm>
            </li>
          )
        })}
      </ul>
    </AccountSection>
  )
}
