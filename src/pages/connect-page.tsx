import { Attempt, Form, Hidden, HumanCheck } from './form'
import { FRESH_FORM } from './form-state'
import { Layout } from './layout'
import { type PageContext, withReturnTo } from './page'

interface ConnectPageProps {
  readonly context: PageContext
  /** Of the provider. */
  readonly label: string
  /** The address that has an account. The provider has proven it. */
  readonly email: string
  readonly mail: boolean
}

/** Renders `GET /login/connect`: an account has the address that somebody came with from a provider. They sign in to it once. */
export function ConnectPage({ context, label, email, mail }: ConnectPageProps) {
  const { texts, basePath } = context
  const words = texts.providers
  const goal = `${basePath}/account`
  const form = { context, id: 'link', state: FRESH_FORM, fields: [], retry: null }
  return (
    <Layout context={context} title={words.existsTitle}>
      <h1>{words.existsTitle}</h1>
      <p class="intro">{words.exists(label, email)}</p>
      <div class="actions">
        <a class="button primary" href={withReturnTo(`${basePath}/login`, goal)}>
          {words.signIn}
        </a>
      </div>
      {mail && (
        <>
          <p class="or">{texts.login.or}</p>
          <Form form={form} action="/login/link" returnTo={goal}>
            <Attempt />
            <Hidden name="email" value={email} />
            <HumanCheck context={context} action="link" />
            <button type="submit" class="button">
              {words.mailLink}
            </button>
          </Form>
        </>
      )}
    </Layout>
  )
}
