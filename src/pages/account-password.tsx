import type { AccountView } from './account-section'
import { AccountForm, AccountSection, accountPath, ConfirmFirst, Folded } from './account-section'
import { SubmitButton } from './form'
import { AccountHint, PasswordField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'

interface AccountPasswordProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly passwordMinLength: number
  readonly state: FormState | undefined
  /** Says whether it was asked for. */
  readonly open: boolean
}

/** Changes the password, or sets the first one. */
export function AccountPassword(props: AccountPasswordProps) {
  const { context, user, passwordMinLength, state, open } = props
  const { texts } = context
  const fields = user.hasPassword ? ['current_password', 'new_password'] : ['new_password']
  const form = {
    context,
    id: 'password',
    state: state ?? FRESH_FORM,
    fields,
    retry: fields[0] ?? null,
    passwordOnly: true,
    passwordMinLength,
  }
  return (
    <AccountSection id="password-section" title={texts.account.password} intro={texts.account.passwordIntro}>
      {!user.hasPassword && <p>{texts.account.noPassword}</p>}
      {user.proof === 'needed' ? (
        <ConfirmFirst context={context} />
      ) : (
        <Folded
          summary={user.hasPassword ? texts.account.changePassword : texts.account.setPassword}
          open={open || state !== undefined}
        >
          <AccountForm
            accountId={user.id}
            form={form}
            action="/password"
            returnTo={accountPath(context, 'password-changed')}
          >
            <AccountHint email={user.email} />
            {user.hasPassword && (
              <PasswordField form={form} name="current_password" label={texts.fields.currentPassword} />
            )}
            <PasswordField form={form} name="new_password" label={texts.fields.newPassword} />
            <SubmitButton>
              {user.hasPassword ? texts.account.submitPassword : texts.account.setPassword}
            </SubmitButton>
          </AccountForm>
        </Folded>
      )}
    </AccountSection>
  )
}
