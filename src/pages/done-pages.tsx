import { EmailChangedPage } from './confirm-email-change-page'
import { DonePage } from './done-page'
import { type PageContext, withReturnTo } from './page'
import { PasswordResetPage } from './reset-password-page'
import { EmailVerifiedPage } from './verify-email-page'

type Done = (
  context: PageContext,
  done: string | undefined,
  /** Where the person wanted to go, if that is allowed. */
  goal: string | null,
) => ReturnType<typeof DonePage> | null

/** The page after a handled form: `GET` of its own path with `?done`. */
export const DONE_PAGES: Readonly<Record<string, Done>> = {
  '/password/reset': (context, done, goal) =>
    done === undefined ? null : <PasswordResetPage context={context} returnTo={goal} />,
  '/email/verify': (context, done, goal) => {
    if (done === undefined) return null
    return done === 'no-password' ? (
      <NoPasswordPage context={context} returnTo={goal} />
    ) : (
      <EmailVerifiedPage context={context} returnTo={goal} elsewhere={done === 'elsewhere'} />
    )
  },
  '/email/change/confirm': (context, done) =>
    done === undefined ? null : <EmailChangedPage context={context} />,
}

/** The address is proven, and what was chosen before was another's: see accounts/verify-email.ts. */
function NoPasswordPage({
  context,
  returnTo,
}: {
  readonly context: PageContext
  readonly returnTo: string | null
}) {
  const { texts, basePath } = context
  const link = {
    href: withReturnTo(`${basePath}/password/forgot`, returnTo),
    text: texts.account.setPassword,
  }
  return (
    <DonePage
      context={context}
      title={texts.verifyEmail.doneTitle}
      text={texts.account.noPassword}
      link={link}
    />
  )
}
