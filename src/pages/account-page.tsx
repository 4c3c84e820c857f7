import type { ScopeTexts } from '../oauth/scope-texts'
import { AccountActivity } from './account-activity'
import { AccountApps, type AppView } from './account-apps'
import { AccountDeletion } from './account-deletion'
import { AccountDevices, type DeviceView } from './account-devices'
import { AccountExport } from './account-export'
import { AccountPasskeys, type KnownAccount, type PasskeyView } from './account-passkeys'
import { AccountPassword } from './account-password'
import { AccountProfile } from './account-profile'
import { AccountProviders, type ProvidersView } from './account-providers'
import { AccountSecondFactor, type SecondFactorView } from './account-second-factor'
import { AccountSection, type AccountView } from './account-section'
import { AccountSessions, type SessionView } from './account-sessions'
import type { EventGroup } from './activity-groups'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import type { Texts } from './texts/en'

/** The forms of the page that can come back with errors. */
export type AccountForm = 'name' | 'resend' | 'email' | 'password' | 'deletion'

export interface AccountPageProps {
  readonly context: PageContext
  readonly user: AccountView
  /** Newest first. */
  readonly sessions: readonly SessionView[]
  /** Says where the rest is, if this is not all. */
  readonly allSessionsHref: string | null
  /** Newest first. None: there is no such section. */
  readonly apps: readonly AppView[]
  readonly scopeTexts: ScopeTexts
  /** Says whether people make API keys here. */
  readonly apiKeys: boolean
  /** The one used last first. */
  readonly devices: readonly DeviceView[]
  /** The oldest first; `null`: there are none here. */
  readonly passkeys: readonly PasskeyView[] | null
  /** `null`: authenticators do not know the account. */
  readonly known: KnownAccount | null
  readonly secondFactor: SecondFactorView | null
  /** `null`: there are none here, and the account has none. */
  readonly providers: ProvidersView | null
  /** Newest first. */
  readonly events: readonly EventGroup[]
  readonly allActivityHref: string | null
  /** Says whether mail can be sent: without it addresses are neither confirmed nor changed. */
  readonly mail: boolean
  readonly passwordMinLength: number
  readonly auditRetentionDays: number
  /** Holds what is open although nothing in it was refused. */
  readonly unfolded: 'password' | null
  /** Holds what was just done. */
  readonly notice: keyof Texts['account']['notices'] | null
  /** Those that came back. */
  readonly forms?: Readonly<Partial<Record<AccountForm, FormState>>>
}

/** Shows `GET /account`. */
export function AccountPage(props: AccountPageProps) {
  const {
    context,
    user,
    sessions,
    devices,
    passkeys,
    events,
    mail,
    passwordMinLength,
    notice,
    forms = {},
  } = props
  const { texts } = context
  return (
    <Layout context={context} title={texts.account.title} signedIn wide passkeys={passkeys !== null}>
      <div class="title">
        <h1>{texts.account.title}</h1>
        <p class="intro">{user.email}</p>
      </div>
      {notice !== null && (
        <p class="notice" role="status">
          {texts.account.notices[notice]}
        </p>
      )}
      <AccountProfile context={context} user={user} mail={mail} forms={forms} />
      <AccountPassword
        context={context}
        user={user}
        passwordMinLength={passwordMinLength}
        state={forms.password}
        open={props.unfolded === 'password'}
      />
      {passkeys && (
        <AccountPasskeys context={context} accountId={user.id} passkeys={passkeys} known={props.known} />
      )}
      {props.providers && <AccountProviders context={context} accountId={user.id} view={props.providers} />}
      {props.secondFactor && (
        <AccountSecondFactor context={context} accountId={user.id} secondFactor={props.secondFactor} />
      )}
      <AccountSessions
        context={context}
        accountId={user.id}
        sessions={sessions}
        allHref={props.allSessionsHref}
      />
      {props.apps.length > 0 && (
        <AccountApps context={context} accountId={user.id} apps={props.apps} scopeTexts={props.scopeTexts} />
      )}
      {props.apiKeys && (
        <AccountSection
          id="api-keys-section"
          title={texts.account.apiKeys}
          intro={texts.account.apiKeysIntro}
        >
          <p>
            <a class="button" href={`${context.basePath}/account/api-keys`}>
              {texts.account.manageApiKeys}
            </a>
          </p>
        </AccountSection>
      )}
      <AccountDevices context={context} accountId={user.id} devices={devices} />
      <AccountActivity context={context} events={events} allHref={props.allActivityHref} />
      <AccountExport context={context} recent={user.recent} />
      <AccountDeletion
        context={context}
        user={user}
        auditRetentionDays={props.auditRetentionDays}
        state={forms.deletion}
      />
    </Layout>
  )
}
