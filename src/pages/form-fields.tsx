import type { Child } from 'hono/jsx'
import { type FormParts, fieldId, focused } from './form-parts'
import { errorText } from './form-state'
import type { PageContext } from './page'

interface FieldProps {
  readonly form: FormParts
  readonly name: string
  readonly label: string
  /** Absent: of nothing that a browser keeps. */
  readonly autocomplete?: 'username' | 'email' | 'name'
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
 * Renders the field of an address. `type="email"` would refuse letters beyond ASCII before the `@` (HTML §4.10.5.1.5), which an account
 * here may have; the pattern only catches what cannot be an address.
 */
export function EmailField({
  form,
  label,
  autocomplete = 'email',
}: Pick<FieldProps, 'form'> & {
  readonly label?: string
  readonly autocomplete?: 'username' | 'username webauthn' | 'email'
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

/** Renders the field of a code from a mail. Phones offer it above their keyboards. */
export function CodeField({ form }: Pick<FieldProps, 'form'>) {
  const label = form.context.texts.fields.code
  return <OneTimeField form={form} name="code" label={label} inputmode="numeric" />
}

/** Renders the field of a code that an authenticator app shows. */
export function AppCodeField({ form }: Pick<FieldProps, 'form'>) {
  const label = form.context.texts.fields.appCode
  return <OneTimeField form={form} name="code" label={label} inputmode="numeric" />
}

export function RecoveryCodeField({ form }: Pick<FieldProps, 'form'>) {
  const label = form.context.texts.fields.recoveryCode
  return <OneTimeField form={form} name="recovery_code" label={label} inputmode="text" />
}

interface OneTimeFieldProps extends Pick<FieldProps, 'form' | 'name' | 'label'> {
  readonly inputmode: 'numeric' | 'text'
}

function OneTimeField({ form, name, label, inputmode }: OneTimeFieldProps) {
  return (
    <Labelled form={form} name={name} label={label}>
      <input
        {...inputAttributes(form, name)}
        type="text"
        inputmode={inputmode}
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
 * Renders the field of a password: never sent back to the page, never shortened, and pasted or filled in as one likes (NIST SP 800-63B-4
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

/** Returns the texts for the script, which counts code points as the server does. */
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
