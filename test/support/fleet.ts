import { createLocalJWKSet, type JWK, jwtVerify } from 'jose'
import { send } from './person'
import type { OwnService } from './service'

/** Returns an access token for nobody in particular. */
export async function issue({ services: { accessTokens, clock } }: OwnService): Promise<string> {
  const subject = {
    userId: 'user',
    sessionId: 'session',
    roles: [],
    authenticatedAt: 0,
    amr: ['pwd'],
    acr: 'urn:janus:1fa',
  } as const
  return (await accessTokens.issue({ ...subject, sessionExpiresAt: clock() + 100_000 })).token
}

export async function accepts({ services }: OwnService, token: string): Promise<boolean> {
  return (await services.accessTokens.check(token)).ok
}

/** Returns someone else's service, which keeps the key set for its max-age, and asks no sooner whatever it is shown. */
export function createKeySetClient() {
  let kept: { at: number; keys: readonly JWK[] } | null = null
  return {
    /** Returns `true` if it takes the token, with a key set that it fetches, if its own is too old, from this isolate. */
    async accepts(token: string, isolate: OwnService): Promise<boolean> {
      const now = isolate.services.clock()
      if (!kept || now - kept.at >= 300) {
        kept = { at: now, keys: (await send(isolate, 'GET', '/.well-known/jwks.json')).body.keys }
      }
      const { issuer } = isolate
      const options = { issuer, audience: issuer, typ: 'at+jwt', currentDate: new Date(now * 1000) }
      return jwtVerify(token, createLocalJWKSet({ keys: [...kept.keys] }), options).then(
        () => true,
        () => false,
      )
    },
  }
}

/** The time between two rounds of a fleet's work, which is no part of how long anything is kept. */
const STEP_SECONDS = 100
const TWO_HOURS_SECONDS = 2 * 60 * 60
const TOKEN_LIFE_SECONDS = 900

/**
 * Does two hours of work of several isolates, clocks moved together: each issues, all verify each other's tokens until they end, and
 * so do clients that cache the key set. They start one after another, so that they load the keys at different times; one of them
 * sweeps at each step.
 *
 * @param before What is to happen before a step: asking for a rotation, putting another isolate in the place of one.
 * @returns Who refused what, and when; and the key ids that signed, in the order of their first token.
 */
export async function workForTwoHours(
  isolates: OwnService[],
  { fresh, before }: { fresh: () => OwnService; before: (at: number) => unknown },
) {
  const clients = isolates.map(() => createKeySetClient())
  const signers = new Set<string>()
  const refusals: string[] = []
  let alive: { readonly at: number; readonly token: string }[] = []
  let checks = 0

  for (let at = 0; at <= TWO_HOURS_SECONDS; at += STEP_SECONDS) {
    const step = at / STEP_SECONDS
    await before(at)
    const started = isolates.slice(0, step + 1)
    for (const isolate of started) isolate.ahead = at
    const pick = (offset: number) => started[(step + offset) % started.length] as OwnService
    await pick(0).services.signingKeys.sweep()

    // Those that end at this very step are left out: the clocks go on between two calls.
    alive = alive.filter((issued) => at < issued.at + TOKEN_LIFE_SECONDS)
    const older = alive.map(({ token }) => token)
    const newer = await Promise.all(started.map(issue))
    alive.push(...newer.map((token) => ({ at, token })))
    for (const isolate of started) signers.add((await isolate.services.signingKeys.signer()).kid)

    const another = fresh()
    another.ahead = at
    const verifiers: [string, readonly string[], (token: string) => Promise<boolean>][] = [
      ...started.map((isolate, i): (typeof verifiers)[0] => [
        `isolate ${i}`,
        i === step % started.length ? [...older, ...newer] : newer,
        (token) => accepts(isolate, token),
      ]),
      ['a fresh isolate', newer, (token) => accepts(another, token)],
      ...clients
        .slice(0, step + 1)
        .map((client, i): (typeof verifiers)[0] => [
          `client ${i}`,
          i === step % clients.length ? [...older, ...newer] : newer,
          (token) => client.accepts(token, pick(i + 1)),
        ]),
    ]
    for (const [name, tokens, verify] of verifiers) {
      for (const token of tokens) {
        checks++
        if (!(await verify(token))) refusals.push(`${name} at ${at}`)
      }
    }
  }
  return { refusals, checks, signers: [...signers] }
}
