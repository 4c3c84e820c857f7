import { describe, expect, it } from 'vitest'
import { expectThrottled, failuresOf, logIn, WRONG } from '../support/guessing'
import { askChange, changeLink, confirmChange, provenPerson } from '../support/links'
import { mailingService } from '../support/mail'
import { deviceOf, expectProblem, newEmail, PASSWORD, send } from '../support/person'
import { stopTime } from '../support/stop-time'

describe.each(['session', 'token'] as const)('asking for another address, in %s mode', (mode) => {
  it('RL-07: costs no failed attempt where too much mail was asked for', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    for (let n = 0; n < 5; n++) expect((await askChange(ada, address)).status).toBe(202)
    for (let n = 0; n < 5; n++) expect((await askChange(ada, address)).status).toBe(429)
    expect(await failuresOf(service, ada.email)).toBe(0)
    expect((await logIn(service, ada.email, PASSWORD, mode)).status).toBe(200)
  })

  it('RL-07: is for an account to do twenty times at once, whichever addresses', async () => {
    stopTime()
    const service = mailingService()
    const ada = await provenPerson(service, mode)
    for (let n = 0; n < 20; n++) expect((await askChange(ada, newEmail())).status).toBe(202)
    const refused = await askChange(ada, newEmail())
    expect(expectThrottled(refused)).toBe(12 * 60)
    // Another account has its own.
    expect((await askChange(await provenPerson(service, mode), newEmail())).status).toBe(202)
  })

  it('RL-04, RL-05: guesses at the address before it was proven count on, and not against its owner’s device', async () => {
    stopTime()
    const service = mailingService({ MAX_ATTEMPTS: '20' })
    const ada = await provenPerson(service, mode)
    const address = newEmail()
    const link = await changeLink(service, ada, address)
    for (let n = 0; n < 5; n++) {
      expectProblem(await logIn(service, address, PASSWORD, mode), 401, 'invalid-credentials')
    }
    expectThrottled(await logIn(service, address, WRONG, mode))
    expect((await confirmChange(service, link)).status).toBe(204)
    expect(await failuresOf(service, address)).toBe(5)
    expectThrottled(await logIn(service, address, PASSWORD, mode))
    const body = { email: address, password: PASSWORD, mode, device_token: deviceOf(ada) }
    expect((await send(service, 'POST', '/login', { body })).status).toBe(200)
  })

  it('REG-01: tells nobody that the address is taken, not by their own mail, trail or links either', async () => {
    const service = mailingService()
    const bob = await provenPerson(service, mode)
    const seen = await Promise.all(
      [newEmail(), bob.email].map(async (address) => {
        const ada = await provenPerson(service, mode)
        const earlier = await changeLink(service, ada, newEmail())
        const before = service.mailTo(ada.email).length
        const asked = await askChange(ada, address)
        const { events } = (await send(service, 'GET', '/me/activity', { headers: ada.headers })).body
        return {
          status: asked.status,
          mail: service
            .mailTo(ada.email)
            .slice(before)
            .map(({ subject }) => subject),
          events: events.map(({ event }: { event: string }) => event),
          earlier: (await confirmChange(service, earlier)).status,
        }
      }),
    )
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]?.mail).toHaveLength(1)
    expect(service.mailTo(bob.email).map(({ text }) => text.includes('token='))).not.toContain(true)
  })
})
