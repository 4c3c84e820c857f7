import type { ProofKind } from '../api/account/own-proofs'
import { AccountForm, accountPath } from './account-section'
import { Attempt, Form, Hidden, HumanCheck, SubmitButton } from './form'
import { AccountHint, AppCodeField, PasswordField, RecoveryCodeField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'
import { PasskeyBox } from './passkey-box'

/** The forms of the page that can come back with what was wrong. */
export type ProofForm = 'password' | 'code' | 'recovery'

interface ReauthenticatePageProps {
  readonly context: PageContext
  readonly account: { readonly id: string; readonly email: string }
  readonly proofs: readonly ProofKind[]
  /** Says whether what was asked for takes a second factor, which the account does not have. */
  readonly lacksSecondFactor: boolean
  /** Holds what the request asked for, to hand on; `null`: nothing, or nothing that is allowed. */
  readonly returnTo: string | null
  /** Says where somebody goes who has used a passkey. */
  readonly next: string
  /** The form that came back. */
  readonly refused: { readonly form: ProofForm; readonly state: FormState } | null
}

/** Shows `GET /reauthenticate`: asks somebody who is signed in to prove again who they are, and leads on. */
export function ReauthenticatePage(props: ReauthenticatePageProps) {
  const { context, account, proofs, lacksSecondFactor, returnTo, next, refused } = props
  const { texts, basePath } = context
  const words = texts.reauthenticate
  const offers = (kind: ProofKind) => proofs.includes(kind)
  const formOf = (id: ProofForm, field: string, main: boolean) => ({
    context,
    id,
    state: refused?.form === id ? refused.state : FRESH_FORM,
    fields: [field],
    retry: field,
    passwordOnly: true,
    main: main && refused === null,
  })
  const password = formOf('password', 'password', true)
  const app = formOf('code', 'code', true)
  const recovery = formOf('recovery', 'recovery_code', false)
  const passkey = offers('passkey')
  return (
    <Layout context={context} title={words.title} signedIn passkeys={passkey}>
      <h1>{words.title}</h1>
      <p class="intro">{words.intro(account.email)}</p>
      {lacksSecondFactor && (
        <>
          <p class="next">{words.needsSecondFactor}</p>
          <div class="actions">
            <a class="button" href={`${accountPath(context)}#second-factor-section`}>
              {words.setUp}
            </a>
            {/* An app that asked for it learns from there that there is none. */}
            {returnTo !== null && <a href={next}>{words.without}</a>}
          </div>
        </>
      )}
      {offers('password') && (
        <AccountForm accountId={account.id} form={password} action="/reauthenticate" returnTo={returnTo}>
          <AccountHint email={account.email} />
          <PasswordField form={password} name="password" label={texts.fields.password} />
          <SubmitButton>{words.submit}</SubmitButton>
        </AccountForm>
      )}
      {offers('totp') && (
        <AccountForm
          accountId={account.id}
          form={app}
          action="/reauthenticate/second-factor"
          returnTo={returnTo}
        >
          <AppCodeField form={app} />
          <SubmitButton>{words.submit}</SubmitButton>
        </AccountForm>
      )}
      {passkey && (
        <PasskeyBox
          context={context}
          does="prove"
          next={next}
          label={words.passkey}
          failed={texts.passkeys.notSignedIn}
          accountId={account.id}
          another={proofs.length > 1}
        />
      )}
      {offers('recovery-code') && (
        <details open={refused?.form === 'recovery' || !offers('totp')}>
          <summary>{texts.secondFactor.recovery}</summary>
          <div class="folded">
            <AccountForm
              accountId={account.id}
              form={recovery}
              action="/reauthenticate/second-factor"
              returnTo={returnTo}
            >
              <RecoveryCodeField form={recovery} />
              <SubmitButton>{words.submit}</SubmitButton>
            </AccountForm>
          </div>
        </details>
      )}
      {offers('link') && (
        <Form
          form={{ context, id: 'link', state: FRESH_FORM, fields: [], retry: null }}
          action="/login/link"
          returnTo={returnTo}
        >
          <Attempt />
          <Hidden name="email" value={account.email} />
          <HumanCheck context={context} action="link" />
          <button type="submit" class="button">
            {texts.login.link}
          </button>
        </Form>
      )}
      <p class="elsewhere">
        <a href={withReturnTo(`${basePath}/login?account=other`, returnTo)}>{words.signInAgain}</a>
      </p>
    </Layout>
  )
}
