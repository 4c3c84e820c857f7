import type { Context } from 'hono'
import { registerVerified } from '../../flows/register-verified'
import { presentedDevices } from '../../guards/presented-devices'
import { parseReturnTo } from '../../http/return-to'
import type { EmailAddress } from '../../identity/email-address'
import { requestSourceOf } from '../../request-source/read-request-source'
import type { MailingServices } from '../../services'
import { attemptIdOf } from '../attempt-id'
import { answerMailRequest, chooseMode, type ModeInput, passwordRefused } from './answer-sign-in'
import { keepBinding } from './binding'

interface VerifiedRegistration extends ModeInput {
  readonly email: EmailAddress
  readonly password: string
  readonly name: string | null
  readonly device_token?: string | null | undefined
  readonly return_to?: string | undefined
}

/** Answers a registration of which the address is to be proven first, by mailing a link. */
export async function answerVerifiedRegistration(
  c: Context,
  services: MailingServices,
  { email, password, name, ...choice }: VerifiedRegistration,
) {
  const { config } = services
  chooseMode(c, config.modes, choice)
  const binding = await keepBinding(c, services, { cookie: config.cookies.registration, email })
  const deviceIds = await presentedDevices(services, c.req.raw.headers, choice.device_token)
  const returnTo = parseReturnTo(choice.return_to, config)
  const by = {
    binding: binding.secret,
    source: requestSourceOf(c),
    deviceIds,
    attemptId: attemptIdOf(c),
  }
  const input = { email, password, name, returnTo, ...by }
  const outcome = await registerVerified(services, input)
  if (outcome.outcome === 'password-refused') throw passwordRefused('password', outcome.refusal)
  const sent = { email: email.address, returnTo }
  return answerMailRequest(c, config, { outcome, binding, page: 'register', sent })
}

/** As {@link answerVerifiedRegistration}, of one service. */
export type AnswerVerifiedRegistration = (
  c: Context,
  registration: VerifiedRegistration,
) => ReturnType<typeof answerVerifiedRegistration>
