import type { Context } from 'hono'
import * as v from 'valibot'
import { type CreatedApiKey, createApiKey, type ListedApiKey } from '../../flows/oauth/create-api-key'
import { endOwnSession } from '../../flows/sign-out'
import type { SignedInEnv } from '../../guards/auth-env'
import { limitWrites } from '../../guards/limit-client'
import { isRecent } from '../../guards/recent-proof'
import { requireLiveSession, sessionEnded } from '../../guards/require-live-session'
import { requireRecent } from '../../guards/require-recent'
import { isForm, jsonOrFormBody, missingField } from '../../http/body'
import { Hono } from '../../http/hono'
import { type FieldError, Problem } from '../../http/problem'
import { API_KEY_DAYS, MOST_API_KEYS } from '../../oauth/api-key'
import { isOAuthError } from '../../oauth/oauth-error'
import type { Resource } from '../../oauth/scopes'
import { requestSourceOf } from '../../request-source/read-request-source'
import { presentInstant } from '../../runtime/clock'
import type { ProviderPart, Services } from '../../services'
import { answer } from '../answer'
import { Name, ReturnTo, Text } from '../fields'
import { ownAccount, sameAccount } from '../own-account'
import { requestedId } from '../requested-id'

/** Describes what the page of API keys shows. */
export interface ApiKeysView {
  readonly userId: string
  /** Newest first. */
  readonly keys: readonly ListedApiKey[]
  readonly resources: readonly Resource[]
  /** Says whether the person has proven lately enough who they are to make a key. */
  readonly changeable: boolean
  /** Holds the form that was refused. */
  readonly refused: RefusedKey | null
}

/** A form that made no key, so that nothing is typed twice. */
export interface RefusedKey {
  readonly why: 'incomplete' | 'too-many'
  readonly name: string
  readonly scope: string
  readonly resource: string | null
  readonly days: number
}

/** The pages of API keys. They are made elsewhere, so that the API knows no page. */
export interface ApiKeyPages {
  /** Returns whether the client prefers a page to JSON. */
  wanted(c: Context): boolean
  /** Answers 400 where a form was refused. */
  list(c: Context, view: ApiKeysView): Response | Promise<Response>
  /** Shows a new key. No other answer holds it. */
  created(c: Context, key: ListedApiKey, secret: string): Response | Promise<Response>
}

const days = v.pipe(
  v.number('Send a number.'),
  v.integer('Send a whole number of days.'),
  v.minValue(API_KEY_DAYS.least, `Send at least ${API_KEY_DAYS.least}.`),
  v.maxValue(API_KEY_DAYS.most, `Send at most ${API_KEY_DAYS.most}.`),
)

const CreateBody = v.object({
  name: Name,
  scope: Text,
  resource: v.optional(Text),
  expires_in_days: v.optional(days, API_KEY_DAYS.usual),
  ...ownAccount,
})

/** Forms have only text, and a list of boxes of which none may be checked. */
const CreateForm = v.object({
  name: Name,
  scope: v.optional(Text, ''),
  resource: v.optional(Text),
  expires_in_days: v.pipe(
    Text,
    v.regex(/^[0-9]{1,3}$/, 'Send a whole number of days.'),
    v.transform(Number),
    days,
  ),
  ...ownAccount,
})

const RevokeBody = v.object({ ...ownAccount, return_to: ReturnTo })

/** Creates the routes for the API keys of one's own account: list them, make one, revoke one. */
export function apiKeyRoutes(
  services: Services & ProviderPart & { readonly apiKeys: NonNullable<ProviderPart['apiKeys']> },
  pages: ApiKeyPages | null,
) {
  const { config, ownSessions, resources, clock } = services
  const live = requireLiveSession(services)
  const recent = requireRecent(services)
  const limited = limitWrites(services, requestSourceOf)

  const listOf = (userId: string) =>
    ownSessions.list(userId, { before: null, limit: MOST_API_KEYS, kind: 'api-key' }, clock())

  async function show(c: Context<SignedInEnv>, refused: RefusedKey | null = null) {
    const { principal } = c.var
    const keys = await listOf(principal.userId)
    const changeable = isRecent(principal, clock())
    return pages?.list(c, { userId: principal.userId, keys, resources, changeable, refused })
  }

  async function create(
    c: Context<SignedInEnv>,
    body: v.InferOutput<typeof CreateBody>,
  ): Promise<CreatedApiKey> {
    const { name, scope, resource = null, expires_in_days } = body
    if (name === null) throw missingField('name')
    const { userId, sessionId } = c.var.principal
    const owner = { userId, sessionId, source: requestSourceOf(c) }
    const created = await createApiKey(services, { name, scope, resource, days: expires_in_days, ...owner })
    if (isOAuthError(created))
      throw invalid({
        field: created.error === 'invalid_target' ? 'resource' : 'scope',
        code: 'unknown',
        message: created.description,
      })
    if (created.outcome === 'over') throw sessionEnded(c.var.principal)
    return created
  }

  const routes = new Hono<SignedInEnv>()
    .get('/api-keys', live, async (c) => {
      // A form posts there, so a browser may ask for its page.
      const page = pages?.wanted(c) ? await show(c) : undefined
      if (page) return page
      const keys = await listOf(c.var.principal.userId)
      return c.json({
        api_keys: keys.map(presentApiKey),
        resources: resources.map(({ uri, scopes }) => ({ resource: uri, scopes })),
      })
    })

    .post(
      '/api-keys',
      live,
      recent,
      limited,
      jsonOrFormBody(CreateBody, { form: CreateForm, joined: 'scope' }),
      sameAccount,
      async (c) => {
        const body = c.req.valid('json')
        const refused = (why: RefusedKey['why']): RefusedKey => ({
          why,
          name: body.name ?? '',
          scope: body.scope,
          resource: body.resource ?? null,
          days: body.expires_in_days,
        })
        // A box that was not checked is no fault of a program: its person is asked again.
        if (pages && isForm(c) && (body.name === null || body.scope === '')) {
          const again = await show(c, refused('incomplete'))
          if (again) return again
        }
        const created = await create(c, body)
        if (created.outcome !== 'created') {
          const again = isForm(c) ? await show(c, refused('too-many')) : undefined
          if (again) return again
          const message = `An account has at most ${MOST_API_KEYS} API keys. Revoke one first.`
          throw invalid({ field: '', code: 'too-many', message })
        }
        const { key, secret } = created
        if (pages && isForm(c)) return pages.created(c, key, secret)
        return c.json({ api_key: presentApiKey(key), secret }, 201)
      },
    )

    .post('/api-keys/:id/revoke', live, jsonOrFormBody(RevokeBody), sameAccount, async (c) => {
      const target = { id: requestedId(c), kind: 'api-key', source: requestSourceOf(c) } as const
      if (!(await endOwnSession(services, c.var.principal, target))) throw new Problem('not-found')
      return answer(c, config, { returnTo: c.req.valid('json').return_to, page: '/account/api-keys' }, null)
    })
  if (!pages) return routes
  return routes.get('/account/api-keys', live, async (c) => (await show(c)) ?? c.notFound())
}

function invalid(fault: FieldError): Problem {
  return new Problem('invalid-input', { errors: [fault] })
}

/** Presents a key as its owner sees it. The id is a handle for revoking it, not the key. */
export function presentApiKey({ id, app, createdAt, expiresAt, keyUsedAt }: ListedApiKey) {
  return {
    id,
    name: app?.name ?? '',
    scope: app?.scope ?? '',
    resource: app?.resource ?? '',
    created_at: presentInstant(createdAt),
    expires_at: presentInstant(expiresAt),
    last_used_on: keyUsedAt === null ? null : presentInstant(keyUsedAt).slice(0, 10),
  }
}
