import {
  AccountForm,
  AccountSection,
  type AccountView,
  accountPath,
  ConfirmFirst,
  Folded,
} from './account-section'
import { Attempt, Hidden, SubmitButton } from './form'
import { AccountHint, EmailField, Field, PasswordField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import type { PageContext } from './page'

interface AccountProfileProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly mail: boolean
  readonly forms: { readonly name?: FormState; readonly resend?: FormState; readonly email?: FormState }
}

/** Shows name and address. */
export function AccountProfile({ context, user, mail, forms }: AccountProfileProps) {
  const { texts } = context
  const state = forms.name ?? FRESH_FORM
  const name = { context, id: 'profile', state, fields: ['name'], retry: 'name' }
  return (
    <AccountSection id="profile-section" title={texts.account.profile} intro={texts.account.profileIntro}>
      <AccountForm accountId={user.id} form={name} action="/me" returnTo={accountPath(context, 'name-saved')}>
        <Field
          form={name}
          name="name"
          label={texts.fields.name}
          autocomplete="name"
          value={user.name ?? ''}
          required={false}
        />
        <button type="submit">{texts.account.saveName}</button>
      </AccountForm>
      <div class="address">
        <p class="label">{texts.fields.email}</p>
        <p class="value">
          {user.email} {mail && <Verification context={context} verified={user.emailVerified} />}
        </p>
        {mail && !user.emailVerified && (
          <Resend context={context} user={user} state={forms.resend ?? FRESH_FORM} />
        )}
      </div>
      {mail && <ChangeEmail context={context} user={user} state={forms.email} />}
    </AccountSection>
  )
}

function Verification({ context, verified }: { readonly context: PageContext; readonly verified: boolean }) {
  const { account } = context.texts
  return verified ? (
    <span class="badge success">{account.verified}</span>
  ) : (
    <span class="badge">{account.unverified}</span>
  )
}

interface ResendProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly state: FormState
}

function Resend({ context, user, state }: ResendProps) {
  const form = { context, id: 'resend', state, fields: [], retry: null }
  return (
    <AccountForm
      accountId={user.id}
      form={form}
      action="/email/verify/resend"
      returnTo={accountPath(context, 'verification-sent')}
    >
      <Attempt />
      <Hidden name="email" value={user.email} />
      <button type="submit">{context.texts.account.resend}</button>
    </AccountForm>
  )
}

interface ChangeEmailProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly state: FormState | undefined
}

function ChangeEmail({ context, user, state }: ChangeEmailProps) {
  const { texts } = context
  const byPassword = user.proof === 'password'
  const fields = byPassword ? ['email', 'password'] : ['email']
  const form = {
    context,
    id: 'address',
    state: state ?? FRESH_FORM,
    fields,
    retry: fields.at(-1) ?? null,
    passwordOnly: true,
  }
  return (
    <Folded summary={texts.account.changeEmail} open={state !== undefined}>
      <p class="intro">{texts.account.changeEmailIntro}</p>
      {user.proof === 'needed' ? (
        <ConfirmFirst context={context} />
      ) : (
        <AccountForm
          accountId={user.id}
          form={form}
          action="/email/change"
          returnTo={accountPath(context, 'change-mail-sent')}
        >
          <Attempt />
          <EmailField form={form} label={texts.account.newEmail} />
          {byPassword && (
            <>
              <AccountHint email={user.email} />
              <PasswordField form={form} name="password" label={texts.fields.currentPassword} />
            </>
          )}
          <SubmitButton>{texts.account.submitEmail}</SubmitButton>
        </AccountForm>
      )}
    </Folded>
  )
}
