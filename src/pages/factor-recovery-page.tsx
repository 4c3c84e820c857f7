import { CANCEL_RECOVERY_PATH } from '../mail/link-paths'
import { DonePage } from './done-page'
import { Form, Hidden, SubmitButton } from './form'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { fieldOf, type Screen } from './screen'

export const factorRecoveryScreen: Screen = {
  path: '/login/second-factor/recovery',
  needsMail: true,
  part: 'secondFactorPart',
  refusal: ({ recoveryHours }) => (recoveryHours === null ? 'not-found' : null),
  form: ({ context, config }, state) => (
    <FactorRecoveryPage context={context} state={state} hours={config.recoveryHours ?? 0} />
  ),
  done: ({ context }) => {
    const { started, startedText } = context.texts.factorRecovery
    const link = { href: `${context.basePath}/login`, text: context.texts.secondFactor.back }
    return <DonePage context={context} title={started} text={startedText} link={link} />
  },
}

export const cancelRecoveryScreen: Screen = {
  path: CANCEL_RECOVERY_PATH,
  needsMail: true,
  part: 'secondFactorPart',
  form: (facts, state) => (
    <CancelRecoveryPage context={facts.context} state={state} token={fieldOf(facts, 'token') ?? ''} />
  ),
  done: ({ context }) => {
    const { cancelled, cancelledText } = context.texts.factorRecovery
    const link = { href: `${context.basePath}/password/forgot`, text: context.texts.forgotPassword.title }
    return <DonePage context={context} title={cancelled} text={cancelledText} link={link} />
  },
}

interface FactorRecoveryPageProps {
  readonly context: PageContext
  readonly state: FormState
  /** Says how long it takes. */
  readonly hours: number
}

/** Renders `GET /login/second-factor/recovery`: for somebody who has lost every second factor, in the second step of a sign-in. */
export function FactorRecoveryPage({ context, state, hours }: FactorRecoveryPageProps) {
  const { texts, basePath } = context
  const words = texts.factorRecovery
  const form = { context, id: 'recover', state, fields: [], retry: 'pending' }
  return (
    <Layout context={context} title={words.title}>
      <h1>{words.title}</h1>
      <p class="intro">{words.intro(hours)}</p>
      <p class="intro">{words.byMail}</p>
      <Form form={form} action="/login/second-factor/recovery">
        <SubmitButton>{words.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        <a href={`${basePath}/login/link`}>{texts.setUpFactor.mail}</a>
      </p>
      <p class="elsewhere">
        <a href={`${basePath}/login`}>{texts.secondFactor.back}</a>
      </p>
    </Layout>
  )
}

interface CancelRecoveryPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly token: string
}

/** Shows where the mail about a recovery leads. A button, because programs that check mail follow links. */
export function CancelRecoveryPage({ context, state, token }: CancelRecoveryPageProps) {
  const words = context.texts.factorRecovery
  const form = { context, id: 'cancel', state, fields: [], retry: 'token' }
  return (
    <Layout context={context} title={words.cancelTitle}>
      <h1>{words.cancelTitle}</h1>
      <p class="intro">{words.cancelIntro}</p>
      <Form form={form} action={CANCEL_RECOVERY_PATH}>
        <Hidden name="token" value={token} />
        <SubmitButton>{words.cancel}</SubmitButton>
      </Form>
    </Layout>
  )
}
