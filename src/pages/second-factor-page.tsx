import { sentFields } from '../http/body'
import { Form, SubmitButton } from './form'
import { AppCodeField, RecoveryCodeField } from './form-fields'
import { type FormState, FRESH_FORM } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { PasskeyBox } from './passkey-box'
import { offered, type Screen } from './screen'

export const secondFactorScreen: Screen = {
  path: '/login/second-factor',
  needsMail: false,
  part: 'secondFactorPart',
  form: ({ c, context, config }, state) => (
    <SecondFactorPage
      context={context}
      state={state}
      recovering={sentFields(c).recovery_code !== undefined}
      passkey={c.req.query('with') === 'passkey'}
      recoverable={offered(config).mail && config.recoveryHours !== null}
    />
  ),
}

interface SecondFactorPageProps {
  readonly context: PageContext
  readonly state: FormState
  /** Says whether the form that came back had a recovery code. */
  readonly recovering: boolean
  /** Says whether the account has passkeys, as the first step found. */
  readonly passkey: boolean
  /** Says whether somebody who has lost every factor can request their removal. */
  readonly recoverable: boolean
}

/** Shows `GET /login/second-factor`: the second step of a sign-in. */
export function SecondFactorPage({
  context,
  state,
  recovering,
  passkey,
  recoverable,
}: SecondFactorPageProps) {
  const { texts, basePath } = context
  const action = `/login/second-factor${passkey ? '?with=passkey' : ''}`
  const app = {
    context,
    id: 'app',
    state: recovering ? FRESH_FORM : state,
    fields: ['code'],
    retry: 'code',
    main: !recovering,
  }
  const recovery = {
    context,
    id: 'recovery',
    state: recovering ? state : FRESH_FORM,
    fields: ['recovery_code'],
    retry: 'recovery_code',
  }
  return (
    <Layout context={context} title={texts.secondFactor.title} passkeys={passkey}>
      <h1>{texts.secondFactor.title}</h1>
      <p class="intro">{texts.secondFactor.intro}</p>
      <Form form={app} action={action}>
        <AppCodeField form={app} />
        <SubmitButton>{texts.secondFactor.submit}</SubmitButton>
      </Form>
      {passkey && (
        <PasskeyBox
          context={context}
          does="step"
          next={context.appHref}
          label={texts.reauthenticate.passkey}
          failed={texts.passkeys.notSignedIn}
        />
      )}
      <details open={recovering}>
        <summary>{texts.secondFactor.recovery}</summary>
        <div class="folded">
          <Form form={recovery} action={action}>
            <RecoveryCodeField form={recovery} />
            <SubmitButton>{texts.secondFactor.submit}</SubmitButton>
          </Form>
        </div>
      </details>
      {recoverable && (
        <p class="elsewhere">
          <a href={`${basePath}/login/second-factor/recovery`}>{texts.factorRecovery.lost}</a>
        </p>
      )}
      <p class="elsewhere">
        <a href={`${basePath}/login`}>{texts.secondFactor.back}</a>
      </p>
    </Layout>
  )
}
