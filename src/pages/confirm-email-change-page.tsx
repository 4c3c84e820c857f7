import { DonePage } from './done-page'
import { Form, Hidden, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface ConfirmEmailChangePageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly token: string
}

/** `GET /email/change/confirm`. A button, because programs that check mail follow links: opening one uses up nothing. */
export function ConfirmEmailChangePage({ context, state, token }: ConfirmEmailChangePageProps) {
  const { texts } = context
  const form = { context, id: 'change', state, fields: [], retry: null }
  return (
    <Layout context={context} title={texts.confirmEmailChange.title}>
      <h1>{texts.confirmEmailChange.title}</h1>
      <p class="intro">{texts.confirmEmailChange.intro}</p>
      <Form form={form} action="/email/change/confirm">
        <Hidden name="token" value={token} />
        <SubmitButton>{texts.confirmEmailChange.submit}</SubmitButton>
      </Form>
    </Layout>
  )
}

/** After it. */
export function EmailChangedPage({ context }: { readonly context: PageContext }) {
  const { texts, appHref } = context
  const { doneTitle, done, continue: text } = texts.confirmEmailChange
  return <DonePage context={context} title={doneTitle} text={done} link={{ href: appHref, text }} />
}
