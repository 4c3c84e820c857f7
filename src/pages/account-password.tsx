import type { AccountView } from './account-section'
import { AccountForm, AccountSection, accountPath, Folded } from './account-section'
import { SubmitButton } from './form'
import { AccountHint, PasswordField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'
import { SetPassword } from './set-password'

interface AccountPasswordProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly mail: boolean
  readonly passwordMinLength: number
  readonly state: FormState | undefined
  /** Whether it was asked for. */
  readonly open: boolean
}

/** Changes the password, or leads to where the first one is set. */
export function AccountPassword(props: AccountPasswordProps) {
  const { context, user, mail, passwordMinLength, state, open } = props
  const { texts } = context
  const fields = ['current_password', 'new_password']
  const form = {
    context,
    id: 'password',
    state: state ?? FRESH_FORM,
    fields,
    retry: 'current_password',
    passwordOnly: true,
    passwordMinLength,
  }
  return (
    <AccountSection id="password-section" title={texts.account.password} intro={texts.account.passwordIntro}>
      {user.hasPassword ? (
        <Folded summary={texts.account.changePassword} open={open || state !== undefined}>
          <AccountForm
            accountId={user.id}
            form={form}
            action="/password"
            returnTo={accountPath(context, 'password-changed')}
          >
            <AccountHint email={user.email} />
            <PasswordField form={form} name="current_password" label={texts.fields.currentPassword} />
            <PasswordField form={form} name="new_password" label={texts.fields.newPassword} />
            <SubmitButton>{texts.account.submitPassword}</SubmitButton>
          </AccountForm>
        </Folded>
      ) : (
        <SetPassword
          context={context}
          user={user}
          mail={mail}
          id="first-password"
          reason={texts.account.noPassword}
        />
      )}
    </AccountSection>
  )
}
