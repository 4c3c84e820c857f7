import { EmailChangedPage } from './confirm-email-change-page'
import { DonePage } from './done-page'
import type { PageContext } from './page'
import { PasswordResetPage } from './reset-password-page'
import { EmailVerifiedPage } from './verify-email-page'

type Done = (context: PageContext, done: string | undefined) => ReturnType<typeof DonePage> | null

/** What a form that was obeyed leads to: `GET` of its own path with `?done`. */
export const DONE_PAGES: Readonly<Record<string, Done>> = {
  '/password/reset': (context, done) => (done === undefined ? null : <PasswordResetPage context={context} />),
  '/email/verify': (context, done) => {
    if (done === undefined) return null
    return done === 'no-password' ? (
      <NoPasswordPage context={context} />
    ) : (
      <EmailVerifiedPage context={context} />
    )
  },
  '/email/change/confirm': (context, done) =>
    done === undefined ? null : <EmailChangedPage context={context} />,
}

/** The address is proven, and what was chosen before was another's: see accounts/verify-email.ts. */
function NoPasswordPage({ context }: { readonly context: PageContext }) {
  const { texts, basePath } = context
  const link = { href: `${basePath}/password/forgot`, text: texts.account.setPassword }
  return (
    <DonePage
      context={context}
      title={texts.verifyEmail.doneTitle}
      text={texts.account.noPassword}
      link={link}
    />
  )
}
