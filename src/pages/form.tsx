import type { PropsWithChildren } from 'hono/jsx'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import type { HumanAction } from '../throttling/human-check'
import { type FormParts, fieldId, focused, isFresh } from './form-parts'
import { errorText, type FormState, waitText } from './form-state'

export interface FormProps {
  readonly form: FormParts
  /** A route of Janus, as in `/login`. */
  readonly action: string
  readonly returnTo?: string | null
  /** Asked before the form is sent, where scripts run. */
  readonly confirm?: string
}

/** Shows a form that says what was wrong with it above its fields. */
export function Form({ form, action, returnTo = null, confirm, children }: PropsWithChildren<FormProps>) {
  return (
    <form
      class="form"
      id={form.id}
      method="post"
      action={`${form.context.basePath}${action}`}
      data-working={form.context.texts.form.working}
      {...(confirm === undefined ? {} : { 'data-confirm': confirm })}
    >
      <ErrorSummary form={form} />
      {returnTo !== null && <Hidden name="return_to" value={returnTo} />}
      {children}
    </form>
  )
}

export function Hidden({ name, value }: { readonly name: string; readonly value: string }) {
  return <input type="hidden" name={name} value={value} />
}

/** Names the attempt of a form, so that a second click is the same attempt. Each page that is shown has another. */
export function Attempt() {
  return <Hidden name="attempt" value={encodeBase64url(randomBytes(16))} />
}

interface OtherScreenProps {
  readonly form: FormParts
  /** The path of the screen, as in `/password/forgot`. */
  readonly to: string
  /** Looks like a button rather than a link. */
  readonly asButton?: boolean
}

/**
 * Leads from a form that asks for an address to another one, and takes along what was typed. It sends the form, because an address does
 * not belong into a URL. Stands behind the form's own button, which is the one that Enter presses.
 */
export function OtherScreen({ form, to, asButton = false, children }: PropsWithChildren<OtherScreenProps>) {
  return (
    <button
      type="submit"
      class={asButton ? 'button' : 'link'}
      form={form.id}
      formaction={`${form.context.basePath}/login/other`}
      formnovalidate
      name="to"
      value={to}
    >
      {children}
    </button>
  )
}

/**
 * Asks Cloudflare whether a person is there, where that is configured: a widget that adds a token to the form. It takes JavaScript and
 * the script of Cloudflare, and the page says so where either is missing.
 */
export function HumanCheck({
  context,
  action,
}: {
  readonly context: FormParts['context']
  readonly action: HumanAction
}) {
  const { turnstile, texts, language, nonce } = context
  if (turnstile === null) return null
  return (
    <>
      <div
        class="cf-turnstile"
        data-sitekey={turnstile}
        data-action={action}
        data-language={language.toLowerCase()}
        data-response-field-name="turnstile_token"
        data-unavailable={texts.form.humanUnavailable}
      />
      <noscript>
        <p>{texts.form.humanNeedsScript}</p>
      </noscript>
      <script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async defer nonce={nonce} />
    </>
  )
}

export function SubmitButton({ children }: PropsWithChildren) {
  return (
    <button type="submit" class="primary">
      {children}
    </button>
  )
}

/** Shows what was refused: each error with a link to its field, or the problem of the form as a whole. */
function ErrorSummary({ form }: { readonly form: FormParts }) {
  const { context, id, state, fields, passwordMinLength } = form
  const { texts } = context
  if (isFresh(state)) return null
  const focus = focused(form) === null ? { tabindex: -1, autofocus: true } : {}
  return (
    <div class="alert" role="alert" id={`${id}-problem`} {...focus}>
      {state.errors.length === 0 && state.problem !== null ? (
        <Refusal form={form} problem={state.problem} />
      ) : (
        <>
          <strong>{texts.form.check}</strong>
          <ul>
            {state.errors.map((error) => {
              const text = errorText(texts, error, passwordMinLength)
              const shown = fields.includes(error.field)
              return <li>{shown ? <a href={`#${fieldId(form, error.field)}`}>{text}</a> : text}</li>
            })}
          </ul>
        </>
      )}
    </div>
  )
}

interface RefusalProps {
  readonly form: FormParts
  readonly problem: NonNullable<FormState['problem']>
}

function Refusal({ form, problem }: RefusalProps) {
  const { texts } = form.context
  const onlyPassword = form.passwordOnly && problem.code === 'invalid-credentials'
  const { title, action } = onlyPassword ? texts.form.wrongPassword : texts.problems[problem.code]
  const { retryAfterSeconds } = problem
  return (
    <>
      <strong>{title}</strong>
      <p>{retryAfterSeconds === undefined ? action : texts.form.retry(waitText(texts, retryAfterSeconds))}</p>
    </>
  )
}
