import type { ProblemCode } from '../http/problem'
import { reauthenticatePath } from './account-section'
import { waitText } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface ProblemPageProps {
  readonly context: PageContext
  readonly code: ProblemCode
  readonly status: number
  readonly retryAfterSeconds?: number
  /** The id of the request that was refused; `null` on the page that explains a type of problem. */
  readonly reference: string | null
  /** Says what the developer of an app corrects, in English as every `detail`. */
  readonly detail?: string | undefined
  /** Links to the page that sends a new link, where one is not valid. */
  readonly askAgain?: string | undefined
}

/** The problems that signing in solves. */
const SIGN_IN_HELPS: ReadonlySet<ProblemCode> = new Set([
  'authentication-required',
  'invalid-token',
  'token-expired',
  'session-ended',
  'sign-in-expired',
  'refresh-token-reused',
  'registration-closed',
  'account-exists',
])

/** The problem that a new proof solves, for someone who is signed in. */
const PROOF_HELPS: ProblemCode = 'insufficient-user-authentication'

/** The problems with which one goes on at one's account. */
const ACCOUNT_HELPS: ReadonlySet<ProblemCode> = new Set([
  'account-mismatch',
  'password-not-set',
  'email-not-verified',
  'second-factor-not-set',
  'mailbox-not-proven',
  'second-factor-required',
])

/** Shows `GET /problems/:code`, and every refusal that has no form to go back to. */
export function ProblemPage({
  context,
  code,
  status,
  retryAfterSeconds,
  reference,
  detail,
  askAgain,
}: ProblemPageProps) {
  const { texts, basePath } = context
  const { title, explanation, action } = texts.problems[code]
  const next = retryAfterSeconds === undefined ? action : texts.form.retry(waitText(texts, retryAfterSeconds))
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{explanation}</p>
      {/* Where a button asks for a new link, the action would say the same. */}
      {askAgain === undefined && <p class="next">{next}</p>}
      <div class="actions">
        {askAgain !== undefined && (
          <a class="button primary" href={`${basePath}${askAgain}`}>
            {texts.problem.askAgain}
          </a>
        )}
        {ACCOUNT_HELPS.has(code) && (
          <a class="button primary" href={`${basePath}/account`}>
            {texts.home.account}
          </a>
        )}
        {code === PROOF_HELPS && (
          <a class="button primary" href={reauthenticatePath(context)}>
            {texts.reauthenticate.go}
          </a>
        )}
        {SIGN_IN_HELPS.has(code) && (
          <a class="button primary" href={`${basePath}/login`}>
            {texts.problem.signIn}
          </a>
        )}
        <a class="button" href={`${basePath}/`}>
          {texts.problem.home}
        </a>
      </div>
      <dl class="facts">
        <dt>{status}</dt>
        <dd>
          <code>{code}</code>
          {detail && <p lang="en">{detail}</p>}
        </dd>
        {reference !== null && (
          <>
            <dt>{texts.problem.reference}</dt>
            <dd>
              <code>{reference}</code>
            </dd>
          </>
        )}
      </dl>
    </Layout>
  )
}
