import type { MailSentPage } from '../api/mail-sent'
import { Attempt, Form, Hidden, SubmitButton } from './form'
import { CodeField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'

/** The route that sends the same mail again; `null` where that takes a password. */
const SEND_AGAIN = {
  register: '/email/verify/resend',
  resend: '/email/verify/resend',
  forgot: '/password/forgot',
  link: '/login/link',
  change: null,
} as const satisfies Record<MailSentPage, string | null>

/** Reads what a page of `/mail-sent` is about, or returns `null`. */
export function parseMailSent(text: string | undefined): MailSentPage | null {
  return text !== undefined && Object.hasOwn(SEND_AGAIN, text) ? (text as MailSentPage) : null
}

interface CheckMailPageProps {
  readonly context: PageContext
  /** Holds what made Janus send mail, or say that it did: the page is the same whether there is an account or not. */
  readonly kind: MailSentPage
  /** The address that was typed; `null` when it is not known any more, and then there is no button to send it again. */
  readonly email: string | null
  /** Says where to go in the end. A registration that waits knows it already. */
  readonly returnTo: string | null
  /** Of the code that was typed. */
  readonly state: FormState
}

/** Renders the page after a form that sends mail. */
export function CheckMailPage({ context, kind, email, returnTo, state }: CheckMailPageProps) {
  const { texts, basePath } = context
  const form = { context, id: 'again', state: FRESH_FORM, fields: [], retry: null }
  const code = { context, id: 'code', state, fields: ['code'], retry: 'code', main: true }
  const again = SEND_AGAIN[kind]
  return (
    <Layout context={context} title={texts.checkMail.title}>
      <Envelope />
      <h1>{texts.checkMail.title}</h1>
      <p class="intro">{texts.checkMail[kind]}</p>
      {email !== null && <p class="to">{texts.checkMail.to(email)}</p>}
      {kind === 'link' && (
        <>
          <p class="intro">{texts.checkMail.code}</p>
          <Form form={code} action="/login/link/confirm">
            <CodeField form={code} />
            <SubmitButton>{texts.checkMail.submitCode}</SubmitButton>
          </Form>
        </>
      )}
      <p class="intro">{texts.checkMail.nothing}</p>
      {again !== null && email !== null && (
        <Form form={form} action={again} returnTo={kind === 'link' || kind === 'forgot' ? returnTo : null}>
          <Attempt />
          <Hidden name="email" value={email} />
          <button type="submit" class="button">
            {texts.checkMail.again}
          </button>
        </Form>
      )}
      <p class="elsewhere">
        {kind === 'change' ? (
          <a href={`${basePath}/account`}>{texts.checkMail.backToAccount}</a>
        ) : (
          <a href={withReturnTo(`${basePath}/login`, returnTo)}>{texts.checkMail.back}</a>
        )}
      </p>
    </Layout>
  )
}

function Envelope() {
  return (
    <svg class="emblem" viewBox="0 0 24 24" aria-hidden="true">
      <rect x="3" y="5" width="18" height="14" rx="2.5" />
      <path d="m3.5 7.5 8.5 6 8.5-6" />
    </svg>
  )
}
