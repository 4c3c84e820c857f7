import type { AccountView } from './account-profile'
import { AccountForm, AccountSection, Folded } from './account-section'
import { AccountHint, PasswordField } from './form'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'

interface AccountDeletionProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly state: FormState | undefined
}

/** The end of the account, for who knows its password. */
export function AccountDeletion({ context, user, state }: AccountDeletionProps) {
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
      <Folded summary={texts.account.delete} open={state !== undefined} danger>
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
    </AccountSection>
  )
}
