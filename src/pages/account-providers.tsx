import { AccountForm, AccountSection, accountPath, ConfirmFirst } from './account-section'
import { bare } from './account-sessions'
import type { PageContext } from './page'
import type { ProviderView } from './provider-buttons'
import { Time } from './time'

/** An identity as its owner recognizes it. */
export interface IdentityView {
  readonly id: string
  readonly label: string
  readonly email: string | null
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

/** The providers of the account page. */
export interface ProvidersView {
  readonly providers: readonly ProviderView[]
  readonly identities: readonly IdentityView[]
  /** The provider of an identity that waits to be connected to this account. */
  readonly offered: ProviderView | null
  /** Says whether the last sign-in is recent enough to change something. */
  readonly changeable: boolean
}

interface AccountProvidersProps {
  readonly context: PageContext
  readonly accountId: string
  readonly view: ProvidersView
}

/** Shows the identities of the account at other providers, and how to connect and disconnect them. */
export function AccountProviders({ context, accountId, view }: AccountProvidersProps) {
  const { texts, language } = context
  const words = texts.providers
  const { providers, identities, offered, changeable } = view
  // Whoever came from a provider connects it by the button above, and needs no second one.
  const others = providers.filter(({ name }) => name !== offered?.name)
  return (
    <AccountSection id="providers-section" title={words.title} intro={words.intro}>
      {offered && changeable && (
        <AccountForm
          accountId={accountId}
          form={bare(context, 'connect-offered')}
          action="/identities/connect"
        >
          <p>{words.offer(offered.label)}</p>
          <button type="submit" class="primary">
            {words.connect(offered.label)}
          </button>
        </AccountForm>
      )}
      {identities.length > 0 && (
        <ul class="rows">
          {identities.map(({ id, label, email, createdAt, lastUsedAt }) => (
            <li class="row">
              <div>
                <p class="row-title">{label}</p>
                {email !== null && <p class="row-details">{email}</p>}
                <p class="row-details">
                  {lastUsedAt === null ? words.connected : texts.account.lastSignIn}{' '}
                  <Time at={lastUsedAt ?? createdAt} language={language} />
                </p>
              </div>
              {changeable && (
                <AccountForm
                  accountId={accountId}
                  form={bare(context, `disconnect-${id}`)}
                  action={`/identities/${encodeURIComponent(id)}/remove`}
                  returnTo={accountPath(context, 'identity-removed')}
                >
                  <button type="submit">
                    {words.remove}
                    <span class="visually-hidden">: {label}</span>
                  </button>
                </AccountForm>
              )}
            </li>
          ))}
        </ul>
      )}
      {changeable ? (
        <div class="side-by-side">
          {others.map(({ name, label }) => (
            <AccountForm
              accountId={accountId}
              form={bare(context, `connect-${name}`)}
              action={`/identities/${name}/link`}
            >
              <button type="submit">{words.connect(label)}</button>
            </AccountForm>
          ))}
        </div>
      ) : (
        <ConfirmFirst context={context} />
      )}
    </AccountSection>
  )
}
