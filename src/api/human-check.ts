import type { Context, MiddlewareHandler } from 'hono'
import { Problem } from '../http/problem'
import { withVariables } from '../http/request-variables'
import { withFacts } from '../http/route-facts'
import type { HumanAction, HumanCheck } from '../throttling/human-check'

interface HumanServices {
  /** `null`: nobody is asked, because there is no `TURNSTILE_SITE_KEY`. */
  readonly humanCheck: HumanCheck | null
}

/**
 * Requires a token of the widget, where one is configured. Behind the body, before anything is counted or hashed.
 *
 * While nobody can say what a token is worth, registration is closed: that is what programs come for, and nobody loses a way in. The other
 * routes stay open, because they lead people back into their accounts, and each has a budget of its own.
 */
export function humanOnly(
  { humanCheck }: HumanServices,
  action: HumanAction,
  isDue: (c: Context) => boolean = () => true,
): MiddlewareHandler {
  const check: MiddlewareHandler = async (c, next) => {
    // guard: a form for people takes a token
    if (humanCheck && isDue(c))
      await requireHuman(humanCheck, action, withVariables(c).get('sentFields') ?? {})
    await next()
  }
  return withFacts(check, { human: true })
}

async function requireHuman(
  humanCheck: HumanCheck,
  action: HumanAction,
  sent: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { turnstile_token: token } = sent
  if (typeof token !== 'string' || token === '')
    throw refusal('Send turnstile_token: solve the challenge first.')
  const humanity = await humanCheck.verify(token, action, JSON.stringify(sent))
  // guard: registration is closed while nobody can tell people from programs
  if (humanity === 'human' || (humanity === 'unknown' && action !== 'register')) return
  throw refusal(
    humanity === 'unknown'
      ? 'The token cannot be checked at the moment. Try again.'
      : 'The token was refused, used before, or is of another form. Solve the challenge again.',
  )
}

function refusal(detail: string): Problem {
  return new Problem('human-check-failed', { detail })
}
