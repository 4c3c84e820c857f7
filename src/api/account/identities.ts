import type { Context } from 'hono'
import * as v from 'valibot'
import { linkIdentity, linkOffered } from '../../flows/identities'
import type { SignedInEnv } from '../../guards/auth-env'
import { cookieValues } from '../../guards/credential'
import { limitClient } from '../../guards/limit-client'
import { optionalPrincipal } from '../../guards/optional-principal'
import type { Principal } from '../../guards/principal'
import { requireLiveSession, sessionEnded } from '../../guards/require-live-session'
import { requireRecent } from '../../guards/require-recent'
import { clearAuthCookie } from '../../http/auth-cookies'
import { jsonBody, jsonOrFormBody, missingField } from '../../http/body'
import { Hono } from '../../http/hono'
import { Problem } from '../../http/problem'
import { safeReturnTo } from '../../http/return-to'
import { matchesSecret } from '../../links/one-time-token'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { Services, SocialPart } from '../../services'
import type { IdentityOffer, SocialAttempt } from '../../social/attempt'
import { type Linked, MOST_IDENTITIES, type StoredIdentity } from '../../social/identity-store'
import type { Identity } from '../../social/provider'
import { answer } from '../answer'
import { ReturnTo } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import type { Pages } from '../pages'
import { requestedId } from '../requested-id'
import { answerFields, OfferField } from '../social/answer-fields'
import { providerNamed } from '../social/ask-provider'
import { beginAtProvider } from '../social/begin'
import { openAttempt, verifiedIdentity } from '../social/verified-identity'
import { waysIn } from './ways-in'

const BeginBody = v.object({ ...ownAccount, return_to: ReturnTo })
const ConfirmBody = v.object({ ...answerFields, ...ownAccount })
const ConnectBody = v.object({ offer: OfferField, ...ownAccount, return_to: ReturnTo })
const RemoveBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the identities of one's own account at other providers: list, link, remove. */
export function identityRoutes(services: Services & SocialPart, pages: Pages | null) {
  const { config, identities, clock } = services
  const live = requireLiveSession(services)
  const recent = requireRecent(services)
  const limited = limitClient(services, requestSourceOf)

  return new Hono<SignedInEnv>()
    .get('/identities', live, async (c) => {
      const listed = await identities.list(c.var.principal.userId)
      return c.json({ identities: listed.map((identity) => presentIdentity(services, identity)) })
    })

    .post('/identities/confirm', live, recent, limited, jsonBody(ConfirmBody), sameAccount, async (c) => {
      const { binding, account_id: _, ...parameters } = c.req.valid('json')
      const attempt = await openAttempt(services, parameters.state)
      const isOwn = await matchesSecret(binding, attempt.bindingHash)
      if (attempt.mode !== 'token' || !isOwn || !isFor(attempt, c.var.principal))
        throw new Problem('social-refused')
      const identity = await verifiedIdentity(c, services, attempt, parameters)
      refuseUnlessLinked(
        await linkIdentity(services, { identity, attempt, by: changeBy(c, c.var.principal) }),
      )
      return c.body(null, 204)
    })

    .post(
      '/identities/connect',
      live,
      recent,
      limited,
      jsonOrFormBody(ConnectBody),
      sameAccount,
      async (c) => {
        const { offer: text, return_to } = c.req.valid('json')
        const offer = await presentedOffer(c, services, text)
        if (!offer) throw text === undefined ? missingField('offer') : new Problem('sign-in-expired')
        const account = await services.users.findById(c.var.principal.userId)
        if (!account) throw sessionEnded(c.var.principal)
        // guard: an identity that waits is for the account of its address
        if (account.canonicalEmail !== offer.canonicalEmail) throw new Problem('account-mismatch')
        refuseUnlessLinked(await linkOffered(services, { offer, by: changeBy(c, c.var.principal) }))
        forgetOffer(c, services)
        return answer(
          c,
          config,
          { returnTo: return_to ?? offer.returnTo, page: '/account?done=identity-linked' },
          null,
        )
      },
    )

    .post(
      '/identities/:provider/link',
      live,
      recent,
      limited,
      jsonOrFormBody(BeginBody),
      sameAccount,
      async (c) => {
        const { mode, userId, sessionId } = c.var.principal
        const provider = providerNamed(services, c.req.param('provider'))
        const goal = { mode, returnTo: c.req.valid('json').return_to, linksFor: { userId, sessionId } }
        return beginAtProvider(c, services, pages, provider, goal)
      },
    )

    .post('/identities/:id/remove', live, recent, jsonOrFormBody(RemoveBody), sameAccount, async (c) => {
      const by = { ...changeBy(c, c.var.principal), now: clock() }
      const removed = await identities.unlink(requestedId(c), by, waysIn(services))
      if (removed.outcome !== 'unlinked')
        throw new Problem(removed.outcome === 'unknown' ? 'not-found' : 'last-way-in')
      services.sendMail(removed.mailIds)
      const page = '/account?done=identity-removed'
      return answer(c, config, { returnTo: c.req.valid('json').return_to, page }, null)
    })
}

/** Connects the identity with which a browser came back to the account that it is signed in to. */
export async function linkAfterReturn(
  c: Context,
  services: Services & SocialPart,
  { attempt, identity }: { readonly attempt: SocialAttempt; readonly identity: Identity },
) {
  const principal = await optionalPrincipal(services, c.req.raw.headers)
  // guard: an identity is linked to the session that asked for it
  if (!principal || !isFor(attempt, principal)) throw new Problem('social-refused')
  refuseUnlessLinked(await linkIdentity(services, { identity, attempt, by: changeBy(c, principal) }))
  const { config } = services
  const page = `${config.basePath}/account?done=identity-linked`
  return c.redirect(safeReturnTo(attempt.returnTo ?? undefined, config, page), 303)
}

function isFor({ linksFor }: SocialAttempt, { userId, sessionId }: Principal): boolean {
  return linksFor !== null && linksFor.userId === userId && linksFor.sessionId === sessionId
}

function changeBy(c: Context, { userId, sessionId, mode }: Principal) {
  return { userId, sessionId, mode, source: requestSourceOf(c) }
}

/** Returns the identity that waits to be linked: in the body, or in the cookie. Two cookies count as none: one was planted. */
export async function presentedOffer(
  c: Context,
  { seals, config, clock }: Services & SocialPart,
  inBody?: string | undefined,
): Promise<IdentityOffer | null> {
  const [text, ...others] =
    inBody === undefined ? cookieValues(c.req.raw.headers, config.cookies.identityOffer) : [inBody]
  return text === undefined || others.length > 0 ? null : seals.offers.open(text, clock())
}

function forgetOffer(c: Context, { config }: Services): void {
  const { identityOffer } = config.cookies
  if (cookieValues(c.req.raw.headers, identityOffer).length > 0) clearAuthCookie(c, identityOffer)
}

function refuseUnlessLinked({ outcome }: Linked): void {
  if (outcome === 'linked') return
  if (outcome === 'used') throw new Problem('social-refused')
  const detail =
    outcome === 'exists'
      ? 'It is connected to an account already.'
      : `An account has at most ${MOST_IDENTITIES} identities. Remove one first.`
  throw new Problem('identity-refused', { detail })
}

/** Presents an identity as its owner sees it. */
export function presentIdentity(social: SocialPart, identity: StoredIdentity) {
  const { id, provider, email, createdAt, lastUsedAt } = identity
  return {
    id,
    provider,
    label: labelOf(social, identity),
    email,
    created_at: presentInstant(createdAt),
    last_used_at: lastUsedAt === null ? null : presentInstant(lastUsedAt),
  }
}

/** Returns the name of the provider of an identity; the one of the settings, if it is not configured any more. */
export function labelOf({ providers }: SocialPart, { provider }: StoredIdentity): string {
  return providers.find(({ name }) => name === provider)?.label ?? provider
}
