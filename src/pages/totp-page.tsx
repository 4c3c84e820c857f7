import type { OfferToOwner } from '../api/pages'
import { accountPath } from './account-section'
import { Form, Hidden, SubmitButton } from './form'
import { AppCodeField } from './form-fields'
import type { FormState } from './form-state'
import { Layout } from './layout'
import type { PageContext } from './page'
import { QrCode } from './qr-code'

interface TotpPageProps {
  readonly context: PageContext
  readonly offer: OfferToOwner
  readonly state: FormState
}

/** Shows the answer to `POST /me/totp` and its like in a sign-in, and to a wrong first code: the seed, and where its first code is typed. */
export function TotpPage({ context, offer, state }: TotpPageProps) {
  const words = context.texts.totp
  const { accountId } = offer
  // Not `main`: on a small screen the focus would scroll the QR code out of sight, which comes first.
  const form = { context, id: 'totp', state, fields: ['code'], retry: 'code' }
  return (
    <Layout context={context} title={words.title} signedIn={accountId !== null}>
      <h1>{words.title}</h1>
      <p class="intro">{words.scan}</p>
      <QrCode text={offer.otpauthUri} label={words.qrCode} />
      <p class="next">{words.type}</p>
      <p class="next">
        <code class="secret">{offer.seed.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <Form
        form={form}
        action={accountId === null ? '/login/second-factor/set-up/totp/confirm' : '/me/totp/confirm'}
      >
        {accountId !== null && <Hidden name="account_id" value={accountId} />}
        <Hidden name="enrolment" value={offer.enrolment} />
        <AppCodeField form={form} />
        {accountId !== null && <p class="hint">{words.effect}</p>}
        <SubmitButton>{words.submit}</SubmitButton>
      </Form>
      <p class="elsewhere">
        {accountId === null ? (
          <a href={`${context.basePath}/login`}>{context.texts.secondFactor.back}</a>
        ) : (
          <a href={accountPath(context)}>{words.cancel}</a>
        )}
      </p>
    </Layout>
  )
}
