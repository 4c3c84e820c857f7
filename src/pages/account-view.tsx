import type { Context } from 'hono'
import { labelOf, presentedOffer } from '../api/account/identities'
import { takesTwoProofs } from '../flows/own-proof'
import { presentedDevices } from '../guards/presented-devices'
import type { Principal } from '../guards/principal'
import { isRecent } from '../guards/recent-proof'
import { sessionEnded } from '../guards/require-live-session'
import type { UserCredentials } from '../identity/user'
import { describeDevice } from '../request-source/device'
import type { PageServices, Services } from '../services'
import type { StoredIdentity } from '../social/identity-store'
import { AccountPage, type AccountPageProps } from './account-page'
import { accountPath } from './account-section'
import { groupEvents } from './activity-groups'
import type { PageContext } from './page'
import { offered } from './screen'

/** Sets how much of a list is shown at first, and after "all". */
const FEW = { sessions: 10, events: 10 }
const MANY = 100

/** Renders the account page for its owner. @throws {Problem} `session-ended` if it has. */
export async function accountPage(
  services: PageServices,
  { c, context, principal }: { c: Context; context: PageContext; principal: Principal },
  forms: AccountPageProps['forms'] = {},
) {
  const { users, ownSessions, devices, passkeyPart, secondFactorPart, activity, clock, config } = services
  const { userId, sessionId } = principal
  const show = c.req.query('show')
  const limits = {
    sessions: show === 'sessions' ? MANY : FEW.sessions,
    events: show === 'activity' ? MANY : FEW.events,
  }
  const [account, listed, knownDevices, ownPasskeys, factor, identities, currentIds, recorded] =
    await Promise.all([
      users.findById(userId),
      ownSessions.list(userId, { before: null, limit: limits.sessions + 1 }, clock()),
      devices.list(userId, clock()),
      passkeyPart?.relyingParty ? passkeyPart.passkeys.listOwned(userId) : null,
      secondFactorPart ? secondFactorPart.secondFactors.find(userId) : null,
      services.socialPart ? services.socialPart.identities.list(userId) : [],
      presentedDevices(services, c.req.raw.headers),
      activity.list(userId, { before: null, limit: MANY + 1 }),
    ])
  if (!account) throw sessionEnded(principal)
  const { user, passwordHash } = account
  const providers = await providersView(services, { c, principal, account, identities })
  const path = accountPath(context)
  const shown = listed.slice(0, limits.sessions)
  const recent = isRecent(principal, clock())
  const hasPassword = passwordHash !== null
  const passwordIsEnough = hasPassword && (recent || !takesTwoProofs(services.factorPolicy, account))
  // As many as are read for the whole list, because any number of sessions that ended together is one row.
  const events = recorded
    .slice(0, MANY)
    .map((event) => ({ ...event, device: describeDevice(event.userAgent) }))
  const groups = groupEvents(events, recorded.length <= MANY)
  return (
    <AccountPage
      context={context}
      user={{
        ...user,
        hasPassword,
        recent,
        proof: passwordIsEnough ? 'password' : recent ? 'recent' : 'needed',
      }}
      sessions={shown
        .filter(({ app }) => app === null)
        .map((session) => ({
          ...session,
          device: describeDevice(session.userAgent),
          current: session.id === sessionId,
        }))}
      apps={shown.flatMap(({ app, ...session }) => (app === null ? [] : { ...session, app }))}
      apiKeys={Boolean(services.providerPart?.apiKeys)}
      scopeTexts={services.providerPart?.scopeTexts ?? {}}
      allSessionsHref={listed.length > limits.sessions ? `${path}?show=sessions` : null}
      devices={knownDevices.map((device) => ({
        ...device,
        device: describeDevice(device.userAgent),
        current: currentIds.includes(device.id),
      }))}
      passkeys={ownPasskeys?.passkeys ?? null}
      known={
        ownPasskeys?.userHandle && passkeyPart?.relyingParty
          ? {
              rpId: passkeyPart.relyingParty.id,
              userHandle: ownPasskeys.userHandle,
              email: user.email,
              displayName: user.name ?? user.email,
            }
          : null
      }
      secondFactor={
        factor && {
          ...factor,
          changeable: recent,
          needsAddress: offered(config).mail && !user.emailVerified,
        }
      }
      providers={providers}
      events={groups.slice(0, limits.events)}
      allActivityHref={groups.length > limits.events ? `${path}?show=activity` : null}
      mail={offered(config).mail}
      passwordMinLength={config.passwordMinLength}
      auditRetentionDays={config.auditRetentionDays}
      unfolded={show === 'password' ? 'password' : null}
      notice={parseNotice(context, c.req.query('done'))}
      forms={forms}
    />
  )
}

/** Returns what the page shows of providers: those that are configured, and identities of the account. */
async function providersView(
  services: Services,
  {
    c,
    principal,
    account,
    identities,
  }: {
    readonly c: Context
    readonly principal: Principal
    readonly account: UserCredentials
    readonly identities: readonly StoredIdentity[]
  },
): Promise<AccountPageProps['providers']> {
  const { socialPart, clock } = services
  if (!socialPart || (socialPart.providers.length === 0 && identities.length === 0)) return null
  const offer = await presentedOffer(c, { ...services, ...socialPart })
  const isOwn = offer?.canonicalEmail === account.canonicalEmail
  const { providers } = socialPart
  return {
    providers,
    identities: identities.map((identity) => ({ ...identity, label: labelOf(socialPart, identity) })),
    offered: (isOwn && providers.find(({ name }) => name === offer.provider)) || null,
    changeable: isRecent(principal, clock()),
  }
}

/** Returns what a form says was done, in the address it comes back to. */
function parseNotice({ texts }: PageContext, text: string | undefined): AccountPageProps['notice'] {
  return text !== undefined && Object.hasOwn(texts.account.notices, text)
    ? (text as NonNullable<AccountPageProps['notice']>)
    : null
}
