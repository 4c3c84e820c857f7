import type { OfferToOwner } from '../api/pages'
import { AccountForm, accountPath } from './account-section'
import { Hidden, SubmitButton } from './form'
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

/** The answer to `POST /me/totp`, and to a wrong first code: the seed, and where its first code is typed. */
export function TotpPage({ context, offer, state }: TotpPageProps) {
  const words = context.texts.totp
  // Not `main`: on a small screen the focus would scroll the QR code out of sight, which comes first.
  const form = { context, id: 'totp', state, fields: ['code'], retry: 'code' }
  return (
    <Layout context={context} title={words.title} signedIn>
      <h1>{words.title}</h1>
      <p class="intro">{words.scan}</p>
      <QrCode text={offer.otpauthUri} label={words.qrCode} />
      <p class="next">{words.type}</p>
      <p class="next">
        <code class="secret">{offer.seed.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <AccountForm accountId={offer.accountId} form={form} action="/me/totp/confirm">
        <Hidden name="enrolment" value={offer.enrolment} />
        <AppCodeField form={form} />
        <p class="hint">{words.effect}</p>
        <SubmitButton>{words.submit}</SubmitButton>
      </AccountForm>
      <p class="elsewhere">
        <a href={accountPath(context)}>{words.cancel}</a>
      </p>
    </Layout>
  )
}
