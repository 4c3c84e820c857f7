import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { accepts, createKeySetClient, issue } from '../support/fleet'
import { decodePart, signWith } from '../support/forge'
import { expectProblem, send, signedInPerson } from '../support/person'
import { type LoggedEvent, type OwnService, ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

const OLD = env.AUTH_SECRET
const NEW = 'pS1nQ8zWcVt5RkLm3yXb7HdJfGoUeTiAa2DuZwN6MqB'
const DAY_SECONDS = 24 * 60 * 60

/** Says how long a successor is published before it signs. */
const NOTICE_SECONDS = 660
/** Says how long after that a token of its predecessor may still be alive: 300 in which it may be signed, 900 of life. */
const REMAINING_SECONDS = 1200

beforeEach(stopTime)
beforeEach(async () => {
  await env.DB.exec('DELETE FROM signing_keys')
})

interface Row {
  readonly kid: string
  readonly generation: number
  readonly signs_from: number
  readonly encrypted_with: string
}

async function rows(): Promise<readonly Row[]> {
  return (await env.DB.prepare('SELECT * FROM signing_keys ORDER BY generation').all<Row>()).results
}

async function storedIds(): Promise<readonly string[]> {
  return (await rows()).map(({ kid }) => kid)
}

function askForRotation() {
  return env.DB.prepare('UPDATE signing_keys SET rotation_requested = 1').run()
}

async function signerId({ services: { signingKeys } }: OwnService): Promise<string> {
  return (await signingKeys.signer()).kid
}

async function publishedIds(service: OwnService): Promise<readonly string[]> {
  const { body } = await send(service, 'GET', '/.well-known/jwks.json')
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

/** Returns an isolate that has just started, at an instant of another's clock. */
function freshAt(ahead: number, settings: Record<string, string> = {}): OwnService {
  const service = ownService(settings)
  service.ahead = ahead
  return service
}

function events({ log }: OwnService, name: string): readonly LoggedEvent[] {
  return log.filter(({ event }) => event === name)
}

/** Returns a service whose first key has a successor, published just now. */
async function withSuccessor() {
  const service = ownService()
  const first = await signerId(service)
  await askForRotation()
  await service.sweep()
  const second = (await storedIds())[1] as string
  return { service, first, second }
}

describe('KEY-02: a successor is published', () => {
  it('when an operator asks for it, once, and says so in the log', async () => {
    const service = ownService()
    const first = await signerId(service)
    await service.sweep()
    expect(await storedIds()).toEqual([first])

    await askForRotation()
    const askedAt = service.services.clock()
    for (let run = 0; run < 3; run++) await service.sweep()
    const [, successor, ...others] = await rows()
    expect(others).toEqual([])
    expect(successor).toMatchObject({ generation: 2, rotation_requested: 0 })
    expect(successor?.signs_from).toBe(askedAt + NOTICE_SECONDS)
    const { kid, signs_from } = successor as Row
    expect(events(service, 'signing-key-published')).toEqual([
      { event: 'signing-key-published', kid, signs_from, reason: 'requested' },
    ])

    // The wish is fulfilled: it is not that of the successor.
    service.ahead = 100_000
    await service.sweep()
    expect(await storedIds()).toEqual([kid])
  })

  it('when the key has signed for KEY_ROTATION_DAYS, and not before', async () => {
    const service = ownService({ KEY_ROTATION_DAYS: '2' })
    const first = await signerId(service)
    service.ahead = 2 * DAY_SECONDS - 60
    await service.sweep()
    expect(await storedIds()).toEqual([first])
    service.ahead = 2 * DAY_SECONDS
    await service.sweep()
    expect(await storedIds()).toHaveLength(2)
    expect(events(service, 'signing-key-published')).toMatchObject([{ reason: 'age' }])

    // Of the successor, what counts is when it began to sign.
    service.ahead = 4 * DAY_SECONDS + NOTICE_SECONDS - 60
    await service.sweep()
    expect(await storedIds()).toHaveLength(1)
    service.ahead = 4 * DAY_SECONDS + NOTICE_SECONDS + 60
    await service.sweep()
    expect(await storedIds()).toHaveLength(2)
  })

  it('after 90 days by default, and never by age with KEY_ROTATION_DAYS=0', async () => {
    const [byDefault, never] = [ownService(), ownService({ KEY_ROTATION_DAYS: '0' })]
    const first = await signerId(byDefault)
    never.ahead = 3650 * DAY_SECONDS
    await never.sweep()
    byDefault.ahead = 90 * DAY_SECONDS - 60
    await byDefault.sweep()
    expect(await storedIds()).toEqual([first])
    byDefault.ahead = 90 * DAY_SECONDS
    await byDefault.sweep()
    expect(await storedIds()).toHaveLength(2)
  })

  it('when an older secret encrypts the key: then dropping that secret loses nothing', async () => {
    const token = await issue(ownService({ AUTH_SECRET: OLD }))
    const both = ownService({ AUTH_SECRET: `${NEW},${OLD}` })
    await both.sweep()
    const [first, second] = (await rows()) as [Row, Row]
    expect(second.encrypted_with).not.toBe(first.encrypted_with)
    expect(events(both, 'signing-key-published')).toMatchObject([
      { kid: second.kid, reason: 'encrypted-with-an-older-secret' },
    ])
    expect(await signerId(both)).toBe(first.kid)

    const alone = freshAt(NOTICE_SECONDS + 1, { AUTH_SECRET: NEW })
    await alone.sweep()
    expect(await signerId(alone)).toBe(second.kid)
    expect(await accepts(alone, token)).toBe(true)
    expect(await storedIds()).toEqual([first.kid, second.kid])
    expect(alone.log).toEqual([])
  })

  it('and no other while one waits for its time, whoever asks', async () => {
    const { service } = await withSuccessor()
    await askForRotation()
    service.ahead += 60
    await service.sweep()
    expect(await storedIds()).toHaveLength(2)
  })

  it('once by several sweeps at once', async () => {
    await signerId(ownService())
    await askForRotation()
    await Promise.all(Array.from({ length: 8 }, () => ownService().sweep()))
    expect((await rows()).map(({ generation }) => generation)).toEqual([1, 2])
  })

  it('and reported, of several sweeps at once, under its own id alone', async () => {
    await signerId(ownService())
    await askForRotation()
    const services = Array.from({ length: 8 }, () => ownService())
    await Promise.all(services.map((service) => service.sweep()))
    const reported = services.flatMap((service) => events(service, 'signing-key-published'))
    expect(new Set(reported.map(({ kid }) => kid))).toEqual(new Set((await storedIds()).slice(1)))
  })

  it('not before there is a key to succeed: that is for the first token to make', async () => {
    const service = ownService({ KEY_ROTATION_DAYS: '1' })
    service.ahead = 1000 * DAY_SECONDS
    await service.sweep()
    expect(await rows()).toEqual([])
    expect(service.log).toEqual([])
  })

  it('in one algorithm and not in the other', async () => {
    const [ecdsa, eddsa] = [ownService(), ownService({ JWT_ALG: 'EdDSA' })]
    const kept = await signerId(eddsa)
    await signerId(ecdsa)
    await env.DB.exec("UPDATE signing_keys SET rotation_requested = 1 WHERE alg = 'ES256'")
    for (const ahead of [0, NOTICE_SECONDS + REMAINING_SECONDS]) {
      for (const service of [ecdsa, eddsa]) {
        service.ahead = ahead
        await service.sweep()
      }
      expect(await publishedIds(eddsa)).toEqual([kept])
    }
    expect(await storedIds()).toHaveLength(2)
  })

  it('never where keys are shared secrets: with HS256 a sweep does nothing', async () => {
    const service = ownService({ JWT_ALG: 'HS256', AUTH_SECRET: `${NEW},${OLD}`, KEY_ROTATION_DAYS: '1' })
    const before = await signerId(service)
    service.ahead = 100 * DAY_SECONDS
    await service.sweep()
    expect(await rows()).toEqual([])
    expect(await signerId(service)).toBe(before)
    expect(service.log).toEqual([])
  })
})

describe('KEY-02: a successor signs', () => {
  it('only after it has been in the key set for eleven minutes', async () => {
    const { first, second } = await withSuccessor()
    const isolate = freshAt(0)
    expect(await publishedIds(isolate)).toEqual([first, second])
    for (const ahead of [0, 310, NOTICE_SECONDS - 30]) {
      isolate.ahead = ahead
      expect([await signerId(isolate), await signerId(freshAt(ahead))]).toEqual([first, first])
    }
    for (const ahead of [NOTICE_SECONDS + 1, 100_000]) {
      isolate.ahead = ahead
      expect([await signerId(isolate), await signerId(freshAt(ahead))]).toEqual([second, second])
    }
  })

  it('when the last to hear of it have: a client that asked the isolate that asked before it was made', async () => {
    const [isolate, client] = [ownService(), createKeySetClient()]
    expect(await client.accepts(await issue(isolate), isolate)).toBe(true)
    isolate.ahead = 298
    const late = createKeySetClient()
    await askForRotation()
    const sweeper = ownService()
    await sweeper.sweep()
    const [, second] = await storedIds()
    expect(await publishedIds(isolate)).toHaveLength(1)
    expect(await late.accepts(await issue(isolate), isolate)).toBe(true)

    for (const ahead of [597, NOTICE_SECONDS - 30, NOTICE_SECONDS + 30]) {
      for (const each of [isolate, sweeper]) each.ahead = ahead
      const tokens = [await issue(isolate), await issue(sweeper)]
      for (const token of tokens) {
        for (const each of [isolate, sweeper]) expect(await accepts(each, token)).toBe(true)
        for (const each of [client, late]) expect(await each.accepts(token, isolate)).toBe(true)
      }
    }
    expect([await signerId(isolate), await signerId(sweeper)]).toEqual([second, second])
  })
})

describe('KEY-02: a key that was succeeded', () => {
  it('leaves the key set when its last token has ended; then its tokens are refused and its row goes', async () => {
    const { service, first, second } = await withSuccessor()
    const old = await service.services.signingKeys.signer()
    expect(old.kid).toBe(first)
    service.ahead = NOTICE_SECONDS
    const ada = await signedInPerson({ mode: 'token', service })
    const claims = decodePart(ada.answer.body.access_token.split('.')[1])
    /** Returns a token that would be good if the key were. */
    const signedNow = () => {
      const iat = service.services.clock()
      return signWith(
        old.key,
        { alg: 'ES256', typ: 'at+jwt', kid: first },
        { ...claims, iat, exp: iat + 600 },
      )
    }
    const getMe = async (token: string) =>
      send(service, 'GET', '/me', { headers: { Authorization: `Bearer ${token}` } })

    service.ahead = NOTICE_SECONDS + REMAINING_SECONDS - 30
    await service.sweep()
    expect(await publishedIds(service)).toEqual([first, second])
    expect((await getMe(await signedNow())).status).toBe(200)
    expect(await storedIds()).toEqual([first, second])

    service.ahead = NOTICE_SECONDS + REMAINING_SECONDS + 1
    expect(await publishedIds(service)).toEqual([second])
    expectProblem(await getMe(await signedNow()), 401, 'invalid-token')
    expect(await storedIds()).toEqual([first, second])
    await service.sweep()
    expect(await storedIds()).toEqual([second])
    expectProblem(await getMe(await signedNow()), 401, 'invalid-token')
    expect((await getMe(await issueFor(service, claims))).status).toBe(200)
  })
})

/** Returns a token with these claims under the key that signs now. */
async function issueFor(
  { services }: OwnService,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { kid, key } = await services.signingKeys.signer()
  const iat = services.clock()
  return signWith(key, { alg: 'ES256', typ: 'at+jwt', kid }, { ...claims, iat, exp: iat + 600 })
}
