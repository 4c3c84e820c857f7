import { Attempt, Form, Hidden, SubmitButton } from './form'
import { FRESH_FORM } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'

interface OtherBrowserPageProps {
  readonly context: PageContext
  readonly token: string
}

/**
 * Where a sign-in link leads in a browser that did not ask for it. The form asks for one for this browser with the link itself, so
 * that the address need not stand on a page that anybody sees to whom the link was passed on.
 */
export function SignInElsewherePage({ context, token }: OtherBrowserPageProps) {
  const { texts } = context
  const { title, signIn, again } = texts.otherBrowser
  const form = { context, id: 'again', state: FRESH_FORM, fields: [], retry: null }
  return (
    <Layout context={context} title={title}>
      <h1>{title}</h1>
      <p class="intro">{signIn}</p>
      <Form form={form} action="/login/link">
        <Attempt />
        <Hidden name="token" value={token} />
        <SubmitButton>{again}</SubmitButton>
      </Form>
      <p class="elsewhere">{texts.confirmSignIn.notYou}</p>
    </Layout>
  )
}

/** Where the link of an address change leads in a browser that did not ask for it. To ask again takes the password. */
export function ChangeElsewherePage({ context }: Pick<OtherBrowserPageProps, 'context'>) {
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
