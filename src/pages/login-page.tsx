import { appHome, safeReturnTo } from '../http/return-to'
import { Attempt, Form, HumanCheck, OtherScreen, SubmitButton } from './form'
import { EmailField, PasswordField } from './form-fields'
import { isFresh } from './form-parts'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { ProviderButtons, type ProviderView } from './provider-buttons'
import { saysSignInExpired } from './refused-form'
import { fieldOf, offered, type Screen } from './screen'

export const loginScreen: Screen = {
  path: '/login',
  needsMail: false,
  signsIn: true,
  asksForAddress: true,
  form: (facts, state) => {
    const { mail, registration } = offered(facts.config)
    const { config } = facts
    const returnTo = fieldOf(facts, 'return_to')
    const next = safeReturnTo(returnTo ?? undefined, config, appHome(config))
    const passkeys = config.passkeyRpId !== null && config.modes.includes('session')
    const { providers } = facts
    const expired = saysSignInExpired(facts.c)
    const links = { mail, registration, returnTo, next, passkeys, providers, expired }
    return <LoginPage context={facts.context} state={state} {...links} />
  },
}

interface LoginPageProps {
  readonly context: PageContext
  readonly state: FormState
  readonly returnTo: string | null
  /** Says whether mail can be sent: without it there is no way back to a forgotten password. */
  readonly mail: boolean
  /** Says whether accounts can be made here. */
  readonly registration: boolean
  /** Says where somebody goes who has signed in with a passkey. */
  readonly next: string
  readonly passkeys: boolean
  readonly providers: readonly ProviderView[]
  /** Says whether a sign-in was over before its second step. */
  readonly expired: boolean
}

/** Shows `GET /login`. */
export function LoginPage(props: LoginPageProps) {
  const { context, state, returnTo, mail, registration, next, passkeys, providers, expired } = props
  const { texts } = context
  const form = { context, id: 'login', state, fields: ['email', 'password'], retry: 'password', main: true }
  return (
    <Layout context={context} title={texts.login.title} passkeys={passkeys}>
      <h1>{texts.login.title}</h1>
      {expired && (
        <div class="alert" role="alert">
          <strong>{texts.problems['sign-in-expired'].title}</strong>
          <p>{texts.problems['sign-in-expired'].explanation}</p>
        </div>
      )}
      <Form form={form} action="/login" returnTo={returnTo}>
        <Attempt />
        <EmailField form={form} autocomplete={passkeys ? 'username webauthn' : 'username'} />
        <PasswordField form={form} name="password" label={texts.fields.password} />
        {!isFresh(state) && <HumanCheck context={context} action="login" />}
        <SubmitButton>{texts.login.submit}</SubmitButton>
      </Form>
      {mail && (
        <p class="aside">
          <OtherScreen form={form} to="/password/forgot">
            {texts.login.forgot}
          </OtherScreen>
        </p>
      )}
      {passkeys && (
        <div
          hidden
          data-passkey-sign-in
          data-base={context.basePath}
          data-next={next}
          data-failed={texts.passkeys.notSignedIn}
        >
          <p class="or">{texts.login.or}</p>
          <button type="button" class="button">
            {texts.passkeys.signIn}
          </button>
          <p role="status" />
        </div>
      )}
      {mail && (
        <>
          <p class="or">{texts.login.or}</p>
          <OtherScreen form={form} to="/login/link" asButton>
            {texts.login.link}
          </OtherScreen>
        </>
      )}
      <ProviderButtons context={context} providers={providers} returnTo={returnTo} />
      {registration && (
        <p class="elsewhere">
          {texts.login.noAccount}{' '}
          <OtherScreen form={form} to="/register">
            {texts.login.register}
          </OtherScreen>
        </p>
      )}
    </Layout>
  )
}
