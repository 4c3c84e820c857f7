import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createTurns } from '../../src/throttling/turns'
import { faultyD1 } from '../support/faulty-d1'
import { type Answer, PASSWORD, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'
import { stopTime } from '../support/stop-time'

describe.each(['session', 'token'] as const)('sign-ins to one account at once, %s mode', (mode) => {
  const FREE = 3

  async function registered() {
    stopTime()
    const db = faultyD1(env.DB)
    const service = ownService({ DB: db, FREE_ATTEMPTS: String(FREE) })
    const { email } = await signedInPerson({ mode, service })
    const signIn = (password = PASSWORD) =>
      send(service, 'POST', '/login', { body: { email, password, mode } })
    return { db, signIn }
  }

  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort()

  it('RL-04: all with the right password are signed in, and count as nothing', async () => {
    const { db, signIn } = await registered()
    const starts = Array.from({ length: FREE }, () => db.hold(/INSERT INTO sessions/))
    db.calls.length = 0
    const signIns = Array.from({ length: 8 }, () => signIn())
    await Promise.all(starts.map(({ reached }) => reached))
    // The others have found nothing left by then, and wait.
    await expect.poll(() => db.calls.filter((sql) => sql.includes('INTO budgets')).length).toBe(8)
    for (const { release } of starts) release()
    const answers = await Promise.all(signIns)
    expect(statuses(answers)).toEqual(Array(8).fill(200))
    expect(new Set(answers.map(({ body }) => body.session.id)).size).toBe(8)
    for (let each = 0; each < FREE; each++) expect((await signIn('not the password')).status).toBe(401)
    expect((await signIn('not the password')).status).toBe(429)
  })

  it('RL-02: of wrong ones no more are looked at than may fail', async () => {
    const { signIn } = await registered()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, each) => signIn(`not the password ${each}`)),
    )
    expect(statuses(answers)).toEqual([...Array(FREE).fill(401), ...Array(10 - FREE).fill(429)])
  })
})

describe('turns', () => {
  /** Turns whose time passes by itself, and what was waited. */
  function ownTurns(pause?: () => Promise<void>) {
    const waited: number[] = []
    const turns = createTurns(async (milliseconds) => {
      waited.push(milliseconds)
      await pause?.()
    })
    const enter = (...budgets: string[]) => {
      const turn = turns.take()
      turn.enter(budgets)
      return turn
    }
    return { enter, waited: () => waited.reduce((sum, each) => sum + each, 0) }
  }

  it('RL-04: do not wait where nothing is in flight at the same budget: a stranger does not see that the owner signs in', async () => {
    const { enter, waited } = ownTurns()
    enter('strangers', 'device').begin('device')
    enter('strangers')
    expect(await enter('strangers').othersEnd('strangers')).toBe(false)
    expect(waited()).toBe(0)
  })

  it('give up after five seconds, over all that they wait', async () => {
    const { enter, waited } = ownTurns()
    enter('ada').begin('ada')
    const turn = enter('ada')
    expect(await turn.othersEnd('ada')).toBe(false)
    expect(await turn.othersEnd('ada')).toBe(false)
    expect(waited()).toBe(5_000)
  })

  it('are told of each end once, also of one that came before they waited', async () => {
    const { enter, waited } = ownTurns()
    const [first, second] = [enter('ada'), enter('ada')]
    first.begin('ada')
    second.begin('ada')
    const turn = enter('ada')
    first.end()
    expect(await turn.othersEnd('ada')).toBe(true)
    expect(waited()).toBe(0)
    second.end()
    expect(await turn.othersEnd('ada')).toBe(true)
    expect(await turn.othersEnd('ada')).toBe(false)
  })

  it('let eight wait, and turn the ninth away', async () => {
    let resume = () => {}
    const resumed = new Promise<void>((resolve) => {
      resume = resolve
    })
    const { enter } = ownTurns(() => resumed)
    const first = enter('ada')
    first.begin('ada')
    const waiting = Array.from({ length: 8 }, () => enter('ada').othersEnd('ada'))
    expect(await enter('ada').othersEnd('ada')).toBe(false)
    first.end()
    resume()
    expect(await Promise.all(waiting)).toEqual(Array(8).fill(true))
  })
})
