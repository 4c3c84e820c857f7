import type { AccountView } from './account-section'
import { AccountForm, AccountSection, ConfirmFirst, Folded } from './account-section'
import { AccountHint, PasswordField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'

interface AccountDeletionProps {
  readonly context: PageContext
  readonly user: AccountView
  /** For how long the audit trail outlives the account. */
  readonly auditRetentionDays: number
  readonly state: FormState | undefined
}

/** Shows how to delete the account, to somebody who proves to be its owner. */
export function AccountDeletion(props: AccountDeletionProps) {
  const { context, user, auditRetentionDays, state } = props
  const { texts } = context
  const byPassword = user.proof === 'password'
  const form = {
    context,
    id: 'deletion',
    state: state ?? FRESH_FORM,
    fields: byPassword ? ['password'] : [],
    retry: byPassword ? 'password' : null,
    passwordOnly: true,
  }
  return (
    <AccountSection id="deletion-section" title={texts.account.delete} intro={texts.account.deleteIntro}>
      <p class="intro">{texts.account.deleteKeeps(texts.form.days(auditRetentionDays))}</p>
      {user.proof === 'needed' ? (
        <ConfirmFirst context={context} />
      ) : (
        <Folded
          summary={byPassword ? texts.account.continueDelete : texts.account.submitDelete}
          open={state !== undefined}
          danger
        >
          <AccountForm
            accountId={user.id}
            form={form}
            action="/me/delete"
            confirm={texts.account.confirmDelete}
          >
            {byPassword && (
              <>
                <AccountHint email={user.email} />
                <PasswordField form={form} name="password" label={texts.account.deletePassword} />
              </>
            )}
            <button type="submit" class="danger">
              {texts.account.submitDelete}
            </button>
          </AccountForm>
        </Folded>
      )}
    </AccountSection>
  )
}
