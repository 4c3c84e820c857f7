import { CONFIRM_EMAIL_CHANGE_PATH } from '../mail/link-paths'
import { DonePage } from './done-page'
import { Form, Hidden, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, type Screen } from './screen'

export const confirmEmailChangeScreen: Screen = {
  path: CONFIRM_EMAIL_CHANGE_PATH,
  needsMail: true,
  linkPurposes: ['change-email'],
  askAgainAt: () => '/account',
  form: ({ link, ...facts }, state) =>
    link?.elsewhere ? (
      <ChangeElsewherePage context={facts.context} />
    ) : (
      <ConfirmEmailChangePage context={facts.context} state={state} token={fieldOf(facts, 'token') ?? ''} />
    ),
  done: ({ context }) => <EmailChangedPage context={context} />,
}

interface ConfirmEmailChangePageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly token: string
}

/** Renders `GET /email/change/confirm`. It has a button, because programs that check mail follow links: opening one uses up nothing. */
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

/** Renders the page after it. */
export function EmailChangedPage({ context }: { readonly context: PageContext }) {
  const { texts, appHref } = context
  const { doneTitle, done, continue: text } = texts.confirmEmailChange
  return <DonePage context={context} title={doneTitle} text={done} link={{ href: appHref, text }} />
}

/** Shows where the link of an address change leads in a browser that did not ask for it. To ask again takes the password. */
export function ChangeElsewherePage({ context }: { readonly context: PageContext }) {
  const { texts, basePath } = context
  const { title, changeEmail } = texts.otherBrowser
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{changeEmail}</p>
      <div class="actions">
        <a class="button primary" href={`${basePath}/account`}>
          {texts.home.account}
        </a>
      </div>
    </Layout>
  )
}
