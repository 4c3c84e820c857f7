import { describe, expect, it } from 'vitest'
import { expectThrottled, logIn, WRONG } from '../support/guessing'
import { provenPerson } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { type Answer, clientOf, deviceOf, newEmail, PASSWORD, type Person, send } from '../support/person'
import { stopTime } from '../support/stop-time'

/** Returns a service that tells nobody which addresses have accounts. */
function discreetService(): { readonly service: MailingService; readonly open: MailingService } {
  stopTime()
  return { service: mailingService({ REGISTRATION: 'verified' }), open: mailingService() }
}

/** Returns what a stranger learns from an answer, without what is random. */
function seen({ status, headers, body }: Answer) {
  return { status, code: body?.code ?? null, retryAfter: headers.get('Retry-After') }
}

/** Acts as the owner, who may do all this at any time. A stranger must not notice. */
class Owner {
  password = PASSWORD
  changes = 0

  constructor(
    readonly service: MailingService,
    readonly person: Person,
  ) {}

  signIn(more: object = {}): Promise<Answer> {
    const { email, mode } = this.person
    return send(this.service, 'POST', '/login', { body: { email, password: this.password, mode, ...more } })
  }

  newPassword(): string {
    this.changes += 1
    return `seven quiet minutes at sea, ${this.changes}`
  }

  readonly acts = {
    'signs in from an unknown place': async () => [200, await this.signIn()],
    'signs in on a device': async () => [200, await this.signIn({ device_token: deviceOf(this.person) })],
    'signs in, and changes the password': async () => {
      const signedIn = await this.signIn()
      if (signedIn.status !== 200) return [200, signedIn]
      const body = { current_password: this.password, new_password: this.newPassword() }
      const client = clientOf(this.service, this.person.mode, signedIn)
      const changed = await client.post('/password', body)
      if (changed.status === 200) this.password = body.new_password
      return [200, changed]
    },
    'resets the password': async () => {
      const { email } = this.person
      const asked = await send(this.service, 'POST', '/password/forgot', {
        body: { email, device_token: deviceOf(this.person) },
      })
      if (asked.status !== 202) return [202, asked]
      const body = { token: this.service.tokenFor(email), new_password: this.newPassword() }
      const done = await send(this.service, 'POST', '/password/reset', { body })
      if (done.status === 204) this.password = body.new_password
      return [204, done]
    },
  } satisfies Record<string, () => Promise<[number, Answer]>>
}

type Act = keyof Owner['acts']

/** Numbers that look random, and are the same in each run (xorshift32). */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_769 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

describe.each(['session', 'token'] as const)('RL-04: an owner who acts meanwhile, in %s mode', (mode) => {
  it('who signs in after seven failures at two addresses is not told from nobody', async () => {
    const { service, open } = discreetService()
    const ada = new Owner(service, await provenPerson(open, mode))
    const addresses = [ada.person.email, newEmail()]
    const guess = (email: string) => logIn(service, email, WRONG, mode)
    const transcript = async () => {
      const answers = []
      for (const email of addresses) answers.push(await guess(email))
      return answers.map(seen)
    }
    const transcripts = []
    for (let failures = 0; failures < 7; failures++) {
      transcripts.push(await transcript())
      service.ahead += 2 ** Math.max(0, failures - 4)
    }
    expect((await ada.signIn()).status).toBe(200)
    transcripts.push(await transcript(), await transcript())
    for (const [known, unknown] of transcripts) expect(known).toEqual(unknown)
    expect(transcripts.at(-2)?.[0]?.status).toBe(401)
    expect(transcripts.at(-1)?.[0]?.status).toBe(429)
  })

  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'is not told from nobody, whatever order things happen in: %d',
    async (seed) => {
      const { service, open } = discreetService()
      const next = numbers(seed)
      const owner = new Owner(service, await provenPerson(open, mode))
      const addresses = [owner.person.email, newEmail()] as const
      const acts = Object.keys(owner.acts) as Act[]
      const asks = ['/login/link', '/password/forgot', '/email/verify/resend']
      let acted = 0
      let failures = 0
      for (let step = 0; step < 40; step++) {
        const ask = asks[next(asks.length)] ?? ''
        const isGuess = next(4) > 0
        const answers = []
        for (const email of addresses) {
          answers.push(
            isGuess
              ? await logIn(service, email, WRONG, mode)
              : await send(service, 'POST', ask, { body: { email } }),
          )
        }
        const [known, unknown] = answers.map(seen)
        expect(known, `step ${step}`).toEqual(unknown)
        if (isGuess && known?.status === 401) failures += 1
        if (next(3) === 0) {
          const act = acts[next(acts.length)] ?? 'signs in on a device'
          const [expected, answer] = await owner.acts[act]()
          // In an unknown place the owner waits as a stranger does; then nothing was done.
          if (answer.status === expected) acted += 1
          else expectThrottled(answer)
        }
        service.ahead += [0, 1, 30, 900, 40_000][next(5)] ?? 0
      }
      expect(acted).toBeGreaterThan(2)
      expect(failures).toBeGreaterThan(5)
    },
  )
})
