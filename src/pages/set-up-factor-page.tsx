import { Form, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { PasskeyBox } from './passkey-box'
import type { Screen } from './screen'

export const setUpFactorScreen: Screen = {
  path: '/login/second-factor/set-up',
  needsMail: false,
  part: 'secondFactorPart',
  form: ({ c, context }, state) => (
    <SetUpFactorPage
      context={context}
      state={state}
      passkey={c.req.query('with') === 'passkey'}
      byMail={c.req.query('by') === 'mail'}
    />
  ),
}

interface SetUpFactorPageProps {
  readonly context: PageContext
  readonly state: FormState
  /** Says whether a passkey may be made. */
  readonly passkey: boolean
  /** Says whether it takes a sign-in by mail first. */
  readonly byMail: boolean
}

/** Shows `GET /login/second-factor/set-up`: where a sign-in waits until its account has the second factor that it must have. */
export function SetUpFactorPage({ context, state, passkey, byMail }: SetUpFactorPageProps) {
  const { texts, basePath } = context
  const words = texts.setUpFactor
  const form = { context, id: 'set-up', state, fields: [], retry: 'pending' }
  return (
    <Layout context={context} title={words.title} passkeys={passkey}>
      <h1>{words.title}</h1>
      <p class="intro">{byMail ? words.byMail : words.intro}</p>
      {byMail ? (
        <div class="actions">
          <a class="button primary" href={`${basePath}/login/link`}>
            {words.mail}
          </a>
        </div>
      ) : (
        <Form form={form} action="/login/second-factor/set-up/totp">
          <SubmitButton>{words.app}</SubmitButton>
        </Form>
      )}
      {passkey && !byMail && (
        <PasskeyBox
          context={context}
          does="enrol"
          next={context.appHref}
          label={words.passkey}
          failed={texts.passkeys.notAdded}
        />
      )}
      <p class="elsewhere">
        <a href={`${basePath}/login`}>{texts.secondFactor.back}</a>
      </p>
    </Layout>
  )
}
