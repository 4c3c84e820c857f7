import { AccountForm, AccountSection, accountPath, Folded, reauthenticatePath } from './account-section'
import { bare } from './account-sessions'
import { Field } from './form-fields'
import type { PageContext } from './page'
import { Time } from './time'

/** A passkey as its owner recognizes it. */
export interface PasskeyView {
  readonly id: string
  readonly credentialId: string
  readonly name: string
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly lastUsedAt: number | null
}

interface AccountPasskeysProps {
  readonly context: PageContext
  readonly accountId: string
  readonly passkeys: readonly PasskeyView[]
  /** Says how authenticators know the account; `null`: they do not. */
  readonly known: KnownAccount | null
}

/** An account as authenticators list it, for the browser to correct. */
export interface KnownAccount {
  readonly rpId: string
  readonly userHandle: string
  readonly email: string
  readonly displayName: string
}

/** Shows the passkeys of the account, and how to add, rename and remove them. A browser adds one by script alone. */
export function AccountPasskeys({ context, accountId, passkeys, known }: AccountPasskeysProps) {
  const { texts, language, basePath } = context
  const words = texts.passkeys
  return (
    <AccountSection id="passkeys-section" title={words.title} intro={words.intro}>
      {passkeys.length > 0 && (
        <ul class="rows">
          {passkeys.map(({ id, name, createdAt, lastUsedAt }) => (
            <li class="row">
              <div>
                <p class="row-title">{name}</p>
                <p class="row-details">
                  {lastUsedAt === null ? words.added : texts.account.lastSignIn}{' '}
                  <Time at={lastUsedAt ?? createdAt} language={language} />
                </p>
                <Rename context={context} accountId={accountId} id={id} name={name} />
              </div>
              <AccountForm
                accountId={accountId}
                form={bare(context, `remove-${id}`)}
                action={`/passkeys/${encodeURIComponent(id)}/remove`}
                returnTo={accountPath(context, 'passkey-removed')}
              >
                <button type="submit">
                  {words.remove}
                  <span class="visually-hidden">: {name}</span>
                </button>
              </AccountForm>
            </li>
          ))}
        </ul>
      )}
      <div
        hidden
        data-passkey-add
        data-base={basePath}
        data-next={accountPath(context, 'passkey-added')}
        data-account-id={accountId}
        data-failed={words.notAdded}
        data-prove={reauthenticatePath(context)}
        {...(known && {
          'data-rp-id': known.rpId,
          'data-user-handle': known.userHandle,
          'data-email': known.email,
          'data-display-name': known.displayName,
          'data-accepted': passkeys.map(({ credentialId }) => credentialId).join(' '),
        })}
      >
        <button type="button">{words.add}</button>
        <p role="status" />
      </div>
      <noscript>
        <p>{words.needsScript}</p>
      </noscript>
    </AccountSection>
  )
}

interface RenameProps extends Pick<PasskeyView, 'id' | 'name'> {
  readonly context: PageContext
  readonly accountId: string
}

/** Renders the form that names a passkey. Two of one kind of device have one name at first. */
function Rename({ context, accountId, id, name }: RenameProps) {
  const words = context.texts.passkeys
  const form = bare(context, `rename-${id}`)
  const summary = (
    <>
      {words.rename}
      <span class="visually-hidden">: {name}</span>
    </>
  )
  return (
    <Folded summary={summary} open={false}>
      <AccountForm
        accountId={accountId}
        form={form}
        action={`/passkeys/${encodeURIComponent(id)}/rename`}
        returnTo={accountPath(context, 'passkey-renamed')}
      >
        <Field form={form} name="name" label={words.name} value={name} />
        <button type="submit">{context.texts.account.saveName}</button>
      </AccountForm>
    </Folded>
  )
}
