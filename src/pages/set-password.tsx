import type { AccountView } from './account-section'
import { Attempt, Form, Hidden } from './form'
import { FRESH_FORM } from './form-state'
import type { PageContext } from './page'

interface SetPasswordProps {
  readonly context: PageContext
  readonly user: AccountView
  readonly mail: boolean
  /** Unique on the page. */
  readonly id: string
  /** Why a password is needed here. */
  readonly reason: string
}

/** In place of a form that takes a password, for an account that has none: the reason, and a button that mails a link to set one. */
export function SetPassword({ context, user, mail, id, reason }: SetPasswordProps) {
  const { texts } = context
  if (!mail) {
    return (
      <p>
        {reason} {texts.account.setPasswordWithoutMail}
      </p>
    )
  }
  const form = { context, id, state: FRESH_FORM, fields: [], retry: null }
  return (
    <>
      <p>{reason}</p>
      <Form form={form} action="/password/forgot">
        <Attempt />
        <Hidden name="email" value={user.email} />
        <button type="submit">{texts.account.setPassword}</button>
      </Form>
    </>
  )
}
