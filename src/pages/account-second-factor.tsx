import { AccountForm, AccountSection, accountPath, ConfirmFirst } from './account-section'
import { bare } from './account-sessions'
import type { PageContext } from './page'
import { Time } from './time'

/** The second factor as its owner sees it. */
export interface SecondFactorView {
  /** Seconds since the epoch; `null`: there is none. */
  readonly totpSince: number | null
  readonly recoveryCodesLeft: number
  readonly recoveryDueAt: number | null
  /** Says whether the last sign-in is recent enough to change it. */
  readonly changeable: boolean
  /** Says whether an app can be set up only once the address is verified. */
  readonly needsAddress: boolean
}

interface AccountSecondFactorProps {
  readonly context: PageContext
  readonly accountId: string
  readonly secondFactor: SecondFactorView
}

/** Shows the authenticator app of the account and its recovery codes, and how to change them. */
export function AccountSecondFactor({ context, accountId, secondFactor }: AccountSecondFactorProps) {
  const { texts, language } = context
  const words = texts.twoSteps
  const { totpSince, recoveryCodesLeft, recoveryDueAt, changeable, needsAddress } = secondFactor
  const button = (form: string, action: string, text: string) => (
    <AccountForm accountId={accountId} form={bare(context, form)} action={action}>
      <button type="submit">{text}</button>
    </AccountForm>
  )
  return (
    <AccountSection id="second-factor-section" title={words.title} intro={words.intro}>
      {recoveryDueAt !== null && (
        <div class="alert" role="alert">
          <p>
            {texts.factorRecovery.running} <Time at={recoveryDueAt} language={language} />
          </p>
          {button('recovery-cancel', '/me/second-factor/recovery/cancel', texts.factorRecovery.cancel)}
        </div>
      )}
      {totpSince === null ? (
        <p class="row-title">{words.off}</p>
      ) : (
        <div>
          <p class="row-title">{words.on}</p>
          <p class="row-details">
            {words.since} <Time at={totpSince} language={language} />
          </p>
          <p class="row-details">
            {words.codesLeft} {recoveryCodesLeft}
          </p>
        </div>
      )}
      {!changeable && !(totpSince === null && needsAddress) && <ConfirmFirst context={context} />}
      {totpSince === null && needsAddress && <p class="intro">{words.needsAddress}</p>}
      {changeable && totpSince === null && !needsAddress && button('totp-set-up', '/me/totp', words.setUp)}
      {changeable && totpSince !== null && (
        <div class="side-by-side">
          {button('totp-replace', '/me/totp', words.replace)}
          {button('new-recovery-codes', '/me/recovery-codes', words.newCodes)}
          <AccountForm
            accountId={accountId}
            form={bare(context, 'second-factor-remove')}
            action="/me/second-factor/remove"
            returnTo={accountPath(context, 'second-factor-removed')}
            confirm={words.confirmRemove}
          >
            <button type="submit" class="danger">
              {words.remove}
            </button>
          </AccountForm>
        </div>
      )}
    </AccountSection>
  )
}
