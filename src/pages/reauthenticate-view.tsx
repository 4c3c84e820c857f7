import type { Context } from 'hono'
import { findProofs } from '../api/account/own-proofs'
import type { Principal } from '../guards/principal'
import { sessionEnded } from '../guards/require-live-session'
import { sentFields } from '../http/body'
import { parseReturnTo } from '../http/return-to'
import type { Services } from '../services'
import { accountPath } from './account-section'
import type { FormState } from './form-state'
import type { PageContext } from './page'
import { type ProofForm, ReauthenticatePage } from './reauthenticate-page'

/** Names the path where somebody proves again who they are. Below it are the paths of its forms. */
export const REAUTHENTICATE = '/reauthenticate'

/** Returns the page that asks for a proof again. @throws {Problem} `session-ended` if it has. */
export async function reauthenticatePage(
  services: Services,
  { c, context, principal }: { c: Context; context: PageContext; principal: Principal },
  state?: FormState,
) {
  const own = await findProofs(services, principal)
  if (!own) throw sessionEnded(principal)
  const sent = sentFields(c)
  // guard: whoever has proven themselves is led only where a form could lead
  const returnTo = parseReturnTo(sent.return_to ?? c.req.query('return_to'), services.config)
  const form: ProofForm =
    sent.recovery_code !== undefined ? 'recovery' : sent.code !== undefined ? 'code' : 'password'
  // A password does not reach the level of two factors; a passkey does.
  const needsTwo = c.req.query('acr') === 'urn:janus:2fa' && principal.acr !== 'urn:janus:2fa'
  const proofs = needsTwo ? own.proofs.filter((kind) => kind === 'passkey') : own.proofs
  return (
    <ReauthenticatePage
      context={context}
      account={own.user}
      proofs={proofs}
      lacksSecondFactor={needsTwo && proofs.length === 0}
      returnTo={returnTo}
      next={returnTo ?? accountPath(context)}
      refused={state ? { form, state } : null}
    />
  )
}
