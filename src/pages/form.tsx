import type { Child, PropsWithChildren } from 'hono/jsx'
import { encodeBase64url } from '../crypto/base64url'
import { randomBytes } from '../crypto/random'
import { errorText, type FormState, waitText } from './form-state'
import type { PageContext } from './page'

/** What the parts of one form share. */
export interface FormParts {
  readonly context: PageContext
  /** Unique on its page; leads the ids of the fields. */
  readonly id: string
  readonly state: FormState
  /** The names of the fields that can be seen, from top to bottom. */
  readonly fields: readonly string[]
  /** The field to begin with when the form was refused as a whole; `null` where there is none to fill in. */
  readonly retry: string | null
  /** Whether the page is there for this form, so that one can begin to type at once. */
  readonly main?: boolean
  /** Who signs in may have mistyped either; who is signed in gives only the password. */
  readonly passwordOnly?: boolean
  /** In code points; for a form that chooses a password. */
  readonly passwordMinLength?: number
}

export interface FormProps {
  readonly form: FormParts
  /** A route of Janus, as in `/login`. */
  readonly action: string
  readonly returnTo?: string | null
  /** Asked before the form is sent, where scripts run. */
  readonly confirm?: string
}

/** A form that says what was wrong with it above its fields. */
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

export function SubmitButton({ children }: PropsWithChildren) {
  return (
    <button type="submit" class="primary">
      {children}
    </button>
  )
}

/** What was refused: each error with a link to its field, or the problem of the form as a whole. */
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

interface FieldProps {
  readonly form: FormParts
  readonly name: string
  readonly label: string
  readonly autocomplete: 'username' | 'email' | 'name'
  /** Of an account whose form was not sent yet. */
  readonly value?: string
  readonly required?: boolean
}

export function Field({ form, name, label, autocomplete, value = '', required = true }: FieldProps) {
  const { texts } = form.context
  return (
    <Labelled form={form} name={name} label={label} optional={required ? null : texts.form.optional}>
      <input
        {...inputAttributes(form, name)}
        type="text"
        autocomplete={autocomplete}
        value={form.state.values[name] ?? value}
        required={required}
      />
    </Labelled>
  )
}

/**
 * An address. `type="email"` would refuse letters beyond ASCII before the `@` (HTML §4.10.5.1.5), which an account
 * here may have; the pattern only catches what cannot be an address.
 */
export function EmailField({
  form,
  label,
  autocomplete = 'email',
}: Pick<FieldProps, 'form'> & {
  readonly label?: string
  readonly autocomplete?: 'username' | 'email'
}) {
  const { texts } = form.context
  return (
    <Labelled form={form} name="email" label={label ?? texts.fields.email}>
      <input
        {...inputAttributes(form, 'email')}
        type="text"
        inputmode="email"
        autocomplete={autocomplete}
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        pattern=".+@.+"
        title={texts.fields.emailFormat}
        value={form.state.values.email ?? ''}
        required
      />
    </Labelled>
  )
}

/** A code from a mail. Phones offer it above their keyboards. */
export function CodeField({ form }: Pick<FieldProps, 'form'>) {
  const { texts } = form.context
  return (
    <Labelled form={form} name="code" label={texts.fields.code}>
      <input
        {...inputAttributes(form, 'code')}
        type="text"
        inputmode="numeric"
        autocomplete="one-time-code"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        required
      />
    </Labelled>
  )
}

/**
 * A password: never sent back to the page, never shortened, and pasted or filled in as one likes (NIST SP 800-63B-4
 * §3.1.1.2). The script adds a button that shows it.
 */
export function PasswordField({ form, name, label }: Pick<FieldProps, 'form' | 'name' | 'label'>) {
  const { texts } = form.context
  const { passwordMinLength } = form
  const isNew = passwordMinLength !== undefined && name !== 'current_password'
  return (
    <Labelled
      form={form}
      name={name}
      label={label}
      hint={isNew ? texts.fields.passwordHint(passwordMinLength) : null}
    >
      <div class="password" data-show={texts.fields.show} data-hide={texts.fields.hide}>
        <input
          {...inputAttributes(form, name, isNew)}
          type="password"
          autocomplete={isNew ? 'new-password' : 'current-password'}
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          required
          {...(isNew ? { minlength: passwordMinLength, ...strengthTexts(texts, passwordMinLength) } : {})}
        />
      </div>
    </Labelled>
  )
}

/** For the script, which counts code points as the server does. */
function strengthTexts({ fields }: PageContext['texts'], minLength: number) {
  return {
    'data-min-length': minLength,
    'data-more-one': fields.moreCharacters.one,
    'data-more': fields.moreCharacters.other,
    'data-enough': fields.longEnough,
  }
}

/** Tells password managers whose password a form is about. Has no name, so it is not sent. */
export function AccountHint({ email }: { readonly email: string }) {
  return <input type="text" autocomplete="username" value={email} readonly hidden />
}

interface LabelledProps extends Pick<FieldProps, 'form' | 'name' | 'label'> {
  readonly hint?: string | null
  readonly optional?: string | null
  readonly children: Child
}

function Labelled({ form, name, label, hint = null, optional = null, children }: LabelledProps) {
  const id = fieldId(form, name)
  const error = form.state.errors.find(({ field }) => field === name)
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional !== null && <span class="optional"> ({optional})</span>}
      </label>
      {hint !== null && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {error && (
        <p class="error" id={`${id}-error`}>
          {errorText(form.context.texts, error, form.passwordMinLength)}
        </p>
      )}
    </div>
  )
}

function inputAttributes(form: FormParts, name: string, hint = false) {
  const id = fieldId(form, name)
  const { errors, problem } = form.state
  const wrong = errors.some(({ field }) => field === name)
  const focus = focused(form) === name
  const described = [
    ...(hint ? [`${id}-hint`] : []),
    ...(wrong ? [`${id}-error`] : []),
    ...(focus && !wrong && problem !== null ? [`${form.id}-problem`] : []),
  ]
  return {
    id,
    name,
    ...(described.length > 0 ? { 'aria-describedby': described.join(' ') } : {}),
    ...(wrong ? { 'aria-invalid': 'true' as const } : {}),
    ...(focus ? { autofocus: true } : {}),
  }
}

function isFresh({ problem, errors }: FormState): boolean {
  return problem === null && errors.length === 0
}

/** The field that has the focus: the first empty one of a page's main form, or what was refused. `null` where there is none. */
function focused({ state, fields, retry, main = false }: FormParts): string | null {
  if (isFresh(state)) return main ? (fields.find((name) => !state.values[name]) ?? null) : null
  return fields.find((name) => state.errors.some(({ field }) => field === name)) ?? retry
}

function fieldId(form: FormParts, name: string): string {
  return `${form.id}-${name}`
}
