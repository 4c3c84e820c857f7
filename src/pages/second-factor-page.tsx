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
      ways={waysOf(c.req.query())}
      recoverable={offered(config).mail && config.recoveryHours !== null}
    />
  ),
}

/** Says what the account can present, as the first step found. */
export interface SecondFactorWays {
  readonly app: boolean
  readonly recoveryCode: boolean
  readonly passkey: boolean
  /** Holds what the address says of them, for the forms. */
  readonly query: string
}

/** Reads what `nextPage` (src/api/sign-in/second-factor.ts) wrote into the address. The page reads no account. */
function waysOf({ by, with: besides }: Readonly<Record<string, string>>): SecondFactorWays {
  const none = { app: false, recoveryCode: false, passkey: false }
  if (by === 'passkey') return { ...none, passkey: true, query: '?by=passkey' }
  if (by === 'none') return { ...none, query: '?by=none' }
  const passkey = besides === 'passkey'
  // guard: no code of an app is asked for where it would not be accepted
  const app = by !== 'recovery-code'
  const query = [app ? '' : 'by=recovery-code', passkey ? 'with=passkey' : ''].filter((each) => each !== '')
  return { app, recoveryCode: true, passkey, query: query.length === 0 ? '' : `?${query.join('&')}` }
}

interface SecondFactorPageProps {
  readonly context: PageContext
  readonly state: FormState
  /** Says whether the form that came back had a recovery code. */
  readonly recovering: boolean
  readonly ways: SecondFactorWays
  /** Says whether somebody who has lost every factor can request their removal. */
  readonly recoverable: boolean
}

/** Shows `GET /login/second-factor`: the second step of a sign-in, with the ways that the account has. */
export function SecondFactorPage({ context, state, recovering, ways, recoverable }: SecondFactorPageProps) {
  const { texts, basePath } = context
  const words = texts.secondFactor
  const action = `/login/second-factor${ways.query}`
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
    main: !ways.app,
  }
  const recoveryForm = (
    <Form form={recovery} action={action}>
      <RecoveryCodeField form={recovery} />
      <SubmitButton>{words.submit}</SubmitButton>
    </Form>
  )
  const instead = [
    ...(ways.recoveryCode ? [words.orRecoveryCode] : []),
    ...(recoverable ? [words.orMail] : []),
  ]
  const offers = ways.app || ways.recoveryCode || ways.passkey
  return (
    <Layout context={context} title={words.title} passkeys={ways.passkey}>
      <h1>{words.title}</h1>
      {offers ? (
        <p class="intro">
          {ways.app ? words.intro : ways.recoveryCode ? words.byRecoveryCode : words.byPasskey}
        </p>
      ) : (
        <>
          <p class="intro">{words.noPasskeys}</p>
          <p>{recoverable ? words.removeByMail : words.askOperator}</p>
        </>
      )}
      {ways.app && (
        <Form form={app} action={action}>
          <AppCodeField form={app} />
          <SubmitButton>{words.submit}</SubmitButton>
        </Form>
      )}
      {!ways.app && ways.recoveryCode && recoveryForm}
      {ways.passkey && (
        <PasskeyBox
          context={context}
          does="step"
          next={context.appHref}
          label={texts.reauthenticate.passkey}
          failed={texts.passkeys.notSignedIn}
          another={ways.recoveryCode}
          instead={instead}
        />
      )}
      {ways.app && (
        <details open={recovering}>
          <summary>{words.recovery}</summary>
          <div class="folded">{recoveryForm}</div>
        </details>
      )}
      {recoverable && (
        <p class="elsewhere">
          <a href={`${basePath}/login/second-factor/recovery`}>{texts.factorRecovery.lost}</a>
        </p>
      )}
      <p class="elsewhere">
        <a href={`${basePath}/login`}>{words.back}</a>
      </p>
    </Layout>
  )
}
