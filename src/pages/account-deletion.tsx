import type { AccountView } from './account-section'
import { AccountForm, AccountSection, Folded } from './account-section'
import { AccountHint, PasswordField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'
import { SetPassword } from './set-password'

interface AccountDeletionProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly mail: boolean
  /** For how long the audit trail outlives the account. */
  readonly auditRetentionDays: number
  readonly state: FormState | undefined
}

/** The end of the account, for whoever knows its password. */
export function AccountDeletion(props: AccountDeletionProps) {
  const { context, user, mail, auditRetentionDays, state } = props
  const { texts } = context
  const form = {
    context,
    id: 'deletion',
    state: state ?? FRESH_FORM,
    fields: ['password'],
    retry: 'password',
    passwordOnly: true,
  }
  return (
    <AccountSection id="deletion-section" title={texts.account.delete} intro={texts.account.deleteIntro}>
      <p class="intro">{texts.account.deleteKeeps(texts.form.days(auditRetentionDays))}</p>
      {user.hasPassword ? (
        <Folded summary={texts.account.continueDelete} open={state !== undefined} danger>
          <AccountForm
            accountId={user.id}
            form={form}
            action="/me/delete"
            confirm={texts.account.confirmDelete}
          >
            <AccountHint email={user.email} />
            <PasswordField form={form} name="password" label={texts.account.deletePassword} />
            <button type="submit" class="danger">
              {texts.account.submitDelete}
            </button>
          </AccountForm>
        </Folded>
      ) : (
        <SetPassword
          context={context}
          user={user}
          mail={mail}
          id="password-for-deletion"
          reason={texts.account.deleteNeedsPassword}
        />
      )}
    </AccountSection>
  )
}
