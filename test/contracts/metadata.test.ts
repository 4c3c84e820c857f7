import { env } from 'cloudflare:workers'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { createMetadataRules, type MetadataSchema, type MetadataSchemas } from '../../src/identity/metadata'

import { expectProblem, signedInPerson } from '../support/person'
import { ownService } from '../support/service'
import { recordedDuring } from '../support/trail'

const MODES = ['session', 'token'] as const

const User = v.strictObject({
  theme: v.optional(v.picklist(['light', 'dark'])),
  bio: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  any: v.optional(v.unknown()),
})
const App = v.looseObject({ plan: v.optional(v.picklist(['free', 'pro'])) })

const serviceWith = (metadata: MetadataSchemas = { user: User, app: App }) => ownService({}, { metadata })

/** Returns an object that is so many bytes of JSON. */
function ofBytes(bytes: number) {
  return { bio: 'x'.repeat(bytes - JSON.stringify({ bio: '' }).length) }
}

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { any: nested(levels - 1) }
}

describe.each(MODES)('metadata of an account, in %s mode', (mode) => {
  it('is what its owner and the app wrote, and each changes its own', async () => {
    const service = serviceWith()
    const ada = await signedInPerson({ mode, service })
    expect((await ada.get('/me')).body.user).toMatchObject({ user_metadata: {}, app_metadata: {} })
    const { answer, events } = await changes(ada, () =>
      ada.patch('/me', { user_metadata: { theme: 'dark' } }),
    )
    expect(answer.body.user).toMatchObject({ user_metadata: { theme: 'dark' }, app_metadata: {} })
    expect(events).toEqual(['profile-changed'])
    await ada.patch('/me', { name: 'Ada' })
    const set = await service.callers.setMetadata(
      { userId: ada.userId },
      { app_metadata: { plan: 'pro', seats: 3 } },
    )
    const user_metadata = { theme: 'dark' }
    const app_metadata = { plan: 'pro', seats: 3 }
    expect(set).toMatchObject({ ok: true, user: { name: 'Ada', user_metadata, app_metadata } })
    expect((await ada.get('/me')).body.user).toMatchObject({ name: 'Ada', user_metadata, app_metadata })
    expect(await service.callers.user({ userId: ada.userId })).toMatchObject({
      user: { user_metadata, app_metadata },
    })
    const stored = await ada.get('/me/export')
    expect(stored.body.account).toMatchObject({ user_metadata, app_metadata })
  })

  it('is replaced whole, and emptied by null', async () => {
    const ada = await signedInPerson({ mode, service: serviceWith() })
    await ada.patch('/me', { user_metadata: { theme: 'dark', bio: 'x' } })
    expect((await ada.patch('/me', { user_metadata: { bio: 'y' } })).body.user.user_metadata).toEqual({
      bio: 'y',
    })
    expect((await ada.patch('/me', { user_metadata: null })).body.user.user_metadata).toEqual({})
    expect(await row(ada.userId)).toMatchObject({ user_metadata: null })
  })

  it('is in no access token, and on no principal', async () => {
    const service = serviceWith()
    const ada = await signedInPerson({ mode, service })
    await service.callers.setMetadata({ userId: ada.userId }, { app_metadata: { plan: 'canary' as 'pro' } })
    await service.callers.setMetadata(
      { userId: ada.userId },
      { app_metadata: { plan: 'pro', note: 'canary' } },
    )
    await ada.patch('/me', { user_metadata: { bio: 'canary' } })
    const signedIn = await ada.signIn()
    const verdict = await service.callers.authenticate(new Headers(ada.headers), 'GET')
    expect(JSON.stringify(verdict)).not.toContain('canary')
    const tokens = JSON.stringify(signedIn).match(/eyJ[\w-]+\.[\w-]+/g) ?? []
    for (const token of tokens)
      expect(atob(token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '')).not.toContain(
        'canary',
      )
  })

  it('API-03: the half of the app is not the owner’s to write', async () => {
    const ada = await signedInPerson({ mode, service: serviceWith() })
    for (const body of [{ app_metadata: { plan: 'pro' } }, { name: 'Ada', app_metadata: {} }]) {
      expectProblem(await ada.patch('/me', body), 422, 'invalid-input')
    }
    expect(await row(ada.userId)).toMatchObject({ name: null, app_metadata: null })
  })

  it('API-03: without a schema the owner writes none, and the app writes any object', async () => {
    const service = serviceWith({})
    const ada = await signedInPerson({ mode, service })
    const refused = await ada.patch('/me', { user_metadata: { theme: 'dark' } })
    expectProblem(refused, 422, 'invalid-input')
    expect(refused.body.errors).toMatchObject([{ field: 'user_metadata', code: 'unknown' }])
    const change = { user_metadata: { a: 1 }, app_metadata: { b: [2] } }
    expect(await service.callers.setMetadata({ userId: ada.userId }, change)).toMatchObject({
      ok: true,
      user: change,
    })
  })
})

/** Lists values that can be sent and must not be stored. */
const REFUSED: readonly (readonly [what: string, json: string, code: string])[] = [
  ['a list', '[]', 'invalid'],
  ['text', '"x"', 'invalid'],
  ['what the schema refuses', '{"theme":"blue"}', 'invalid'],
  ['a member that the schema does not have', '{"role":"admin"}', 'invalid'],
  ['a byte too many', JSON.stringify(ofBytes(4097)), 'too-long'],
  ['a character of two bytes too many', JSON.stringify({ bio: 'é'.repeat(2044) }), 'too-long'],
  ['a level too many', JSON.stringify(nested(17)), 'too-deep'],
  ['20,000 levels', `{"any":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'too-deep'],
  ['20,000 values', `{"any":[${'0,'.repeat(20_000)}0]}`, 'too-long'],
  ['a prototype', '{"__proto__":{"roles":["admin"]}}', 'invalid'],
  ['a prototype further down', '{"any":[{"a":{"__proto__":{}}}]}', 'invalid'],
  ['half a character', '{"bio":"\\ud83e"}', 'invalid'],
  ['half a character as a name', '{"any":{"\\udd8a":1}}', 'invalid'],
  ['a NUL', '{"bio":"\\u0000"}', 'invalid'],
  ['a number that is none', '{"any":1e400}', 'invalid'],
]

it.each(REFUSED)('API-03: %s is refused, and nothing is stored', async (_, json, code) => {
  const service = serviceWith()
  const ada = await signedInPerson({ mode: 'session', service })
  const answer = await service.fetch(
    new Request(`${service.issuer}/me`, {
      method: 'PATCH',
      headers: { ...ada.headers, 'Content-Type': 'application/json' },
      body: `{"user_metadata":${json}}`,
    }),
  )
  expect(answer.status).toBe(422)
  const { errors } = (await answer.json()) as { errors: { field: string; code: string }[] }
  expect(errors[0]?.field).toMatch(/^user_metadata/)
  expect(errors[0]?.code).toBe(code)
  expect(await row(ada.userId)).toMatchObject({ user_metadata: null })
  // The app is refused the same.
  const byApp = await createMetadataRules({ app: User }).parse('app_metadata', JSON.parse(json))
  expect(byApp.ok).toBe(false)
})

it('takes 4,096 bytes and 16 levels', async () => {
  const ada = await signedInPerson({ mode: 'session', service: serviceWith() })
  for (const user_metadata of [ofBytes(4096), nested(16), { any: { constructor: 1, toString: {} } }]) {
    const { body } = await ada.patch('/me', { user_metadata })
    expect(body.user.user_metadata).toEqual(user_metadata)
  }
})

it('ends where a value is in itself', async () => {
  const loop: Record<string, unknown> = {}
  loop.again = [loop, loop]
  expect(await createMetadataRules({}).parse('app_metadata', loop)).toMatchObject({ ok: false })
})

it('what the schema makes of it is stored, and must be JSON', async () => {
  const schema = (made: unknown): MetadataSchema => ({
    '~standard': { version: 1, vendor: 'test', validate: async () => ({ value: made }) },
  })
  const parse = (made: unknown) =>
    createMetadataRules({ user: schema(made) }).parse('user_metadata', { a: 1 })
  expect(await parse({ b: 2 })).toEqual({ ok: true, json: '{"b":2}' })
  for (const made of [undefined, 'text', { at: 1n }, { at: undefined }, ofBytes(5000)]) {
    await expect(parse(made)).rejects.toThrow('made something else of it')
  }
})

it('a schema that fails stores nothing, and says nothing of why', async () => {
  const failing: MetadataSchema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate() {
        throw new Error('canary')
      },
    },
  }
  const ada = await signedInPerson({ mode: 'session', service: serviceWith({ user: failing }) })
  const answer = await ada.patch('/me', { user_metadata: {} })
  expectProblem(answer, 500, 'internal-error')
  expect(JSON.stringify(answer.body)).not.toContain('canary')
})

it('the app is told what it did wrong, and of accounts that are not there', async () => {
  const { callers } = serviceWith()
  const ada = await signedInPerson({ mode: 'session' })
  const set = (change: object, userId = ada.userId) => callers.setMetadata({ userId }, change)
  expect(await set({})).toMatchObject({ ok: false, problem: { body: { code: 'invalid-input' } } })
  expect(await set({ app_metadata: { plan: 'gold' } })).toMatchObject({
    ok: false,
    problem: { body: { errors: [{ field: 'app_metadata.plan' }] } },
  })
  expect(await set({ app_metadata: {} }, 'A'.repeat(22))).toEqual({ ok: true, user: null })
  expect(await set({ app_metadata: {} }, 'no id')).toEqual({ ok: true, user: null })
})

async function row(id: string) {
  return env.DB.prepare('SELECT name, user_metadata, app_metadata FROM users WHERE id = ?1').bind(id).first()
}

async function changes<T>(person: { readonly userId: string }, act: () => Promise<T>) {
  let answer: T | undefined
  const events = await recordedDuring(async () => {
    answer = await act()
  })
  if (answer === undefined) throw new Error('No answer')
  return {
    answer,
    events: events.filter((each) => each.subject_id === person.userId).map(({ event }) => event),
  }
}
