import { Attempt, Form, HumanCheck, OtherScreen, SubmitButton } from './form'
import { EmailField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, type Screen } from './screen'

export const signInLinkScreen: Screen = {
  path: '/login/link',
  needsMail: true,
  asksForAddress: true,
  askAgainAt: () => '/login/link',
  form: (facts, state) => (
    <SignInLinkPage context={facts.context} state={state} returnTo={fieldOf(facts, 'return_to')} />
  ),
}

interface SignInLinkPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
}

/** Shows `GET /login/link`: asks where to send a link that signs in. */
export function SignInLinkPage({ context, state, returnTo }: SignInLinkPageProps) {
  const { texts } = context
  const form = { context, id: 'link', state, fields: ['email'], retry: 'email', main: true }
  return (
    <Layout context={context} title={texts.signInLink.title}>
      <h1>{texts.signInLink.title}</h1>
      <p class="intro">{texts.signInLink.intro}</p>
      <Form form={form} action="/login/link" returnTo={returnTo}>
        <Attempt />
        <EmailField form={form} autocomplete="username" />
        <HumanCheck context={context} action="link" />
        <SubmitButton>{texts.signInLink.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        <OtherScreen form={form} to="/login">
          {texts.signInLink.withPassword}
        </OtherScreen>
      </p>
    </Layout>
  )
}
