import { describe, expect, it } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { provenPerson } from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import { type Answer, deviceOf, expectProblem, type Person, send, signedInPerson } from '../support/person'
import { stopTime } from '../support/stop-time'

/** Every route on which anybody asks for mail to an account. */
const ROUTES = ['/login/link', '/password/forgot', '/email/verify/resend']

/** Says how a device sends its credential along. */
const CARRIERS: Readonly<
  Record<Mode, (device: string) => { headers?: Record<string, string>; body?: object }>
> = {
  session: (device) => ({ headers: { Cookie: `__Host-device=${device}` } }),
  token: (device) => ({ body: { device_token: device } }),
}

function ask(
  service: MailingService,
  path: string,
  email: string,
  { headers = {}, body = {} }: ReturnType<(typeof CARRIERS)[Mode]> = {},
): Promise<Answer> {
  return send(service, 'POST', path, { headers, body: { email, ...body } })
}

/** Five are counted, and the sixth has to wait. */
async function expectSpent(asking: () => Promise<Answer>): Promise<void> {
  for (let nth = 0; nth < 5; nth++) expect((await asking()).status).toBe(202)
  const refused = await asking()
  expectProblem(refused, 429, 'too-many-attempts')
  expect(refused.headers.get('Retry-After')).toBe('720')
}

describe.each(['session', 'token'] as const)('RL-05: who asks for mail, in %s mode', (mode) => {
  function stoppedMailingService(): MailingService {
    stopTime()
    return mailingService()
  }

  it.each(ROUTES)(
    'POST %s: strangers do not delay a known device, nor the device strangers',
    async (path) => {
      const service = stoppedMailingService()
      const ada = await signedInPerson({ mode, service })
      await expectSpent(() => ask(service, path, ada.email))
      const onDevice = CARRIERS[mode](deviceOf(ada))
      await expectSpent(() => ask(service, path, ada.email, onDevice))
      // Another device of the account has its own.
      const phone = await ada.signIn()
      expect((await ask(service, path, ada.email, CARRIERS[mode](deviceOf(phone)))).status).toBe(202)
      expect(service.mailTo(ada.email)).toHaveLength(11)
    },
  )

  it.each(ROUTES)(
    'POST %s: a device of another account, and one that was forgotten, are strangers',
    async (path) => {
      const service = stoppedMailingService()
      const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
      const other = await ada.signIn()
      expect((await ada.delete(`/devices/${deviceOf(other).slice(0, 22)}`)).status).toBe(204)
      await expectSpent(() => ask(service, path, ada.email, CARRIERS[mode](deviceOf(eve))))
      for (const device of [deviceOf(eve), deviceOf(other), '']) {
        const refused = await ask(service, path, ada.email, CARRIERS[mode](device))
        expectProblem(refused, 429, 'too-many-attempts')
      }
    },
  )

  it('a session asks for the proof of its own address, and of no other, apart from strangers', async () => {
    const service = stoppedMailingService()
    const [ada, eve] = [await signedInPerson({ mode, service }), await signedInPerson({ mode, service })]
    const path = '/email/verify/resend'
    const askAs = ({ headers }: Person, { email }: Person) => ask(service, path, email, { headers })
    await expectSpent(() => ask(service, path, ada.email))
    expectProblem(await askAs(eve, ada), 429, 'too-many-attempts')
    await expectSpent(() => askAs(ada, ada))
    // A session that has ended has no budget of its own, although an access token of it still looks good.
    const [phone, laptop] = [await ada.signIn(), await ada.signIn()]
    await phone.post('/logout')
    expectProblem(await ask(service, path, ada.email, { headers: phone.headers }), 429, 'too-many-attempts')
    expect((await ask(service, path, ada.email, { headers: laptop.headers })).status).toBe(202)
  })

  it('five requests of strangers leave the link that the owner asked for before as it was', async () => {
    const service = stoppedMailingService()
    const ada = await provenPerson(service, mode)
    const asked = await ask(service, '/login/link', ada.email, CARRIERS[mode](deviceOf(ada)))
    const link = { token: service.tokenFor(ada.email), binding: asked.body.binding, mode }
    await expectSpent(() => ask(service, '/login/link', ada.email))
    expect((await send(service, 'POST', '/login/link/confirm', { body: link })).status).toBe(200)
  })

  it('a reset, a link and a proof of the address make a device of the client that uses them', async () => {
    const service = stoppedMailingService()
    const ada = await provenPerson(service, mode)
    const onDevice = CARRIERS[mode](deviceOf(ada))
    const link = await ask(service, '/login/link', ada.email, onDevice)
    const confirm = { token: service.tokenFor(ada.email), binding: link.body.binding, mode, device_token: '' }
    const signedIn = await send(service, 'POST', '/login/link/confirm', { body: confirm })
    const fromLink = signedIn.body.device_token ?? signedIn.cookies['__Host-device']
    await ask(service, '/password/forgot', ada.email, onDevice)
    const token = service.tokenFor(ada.email)
    await expectSpent(() => ask(service, '/login/link', ada.email))
    expect((await ask(service, '/login/link', ada.email, CARRIERS[mode](fromLink))).status).toBe(202)

    const body = { token, new_password: 'seven quiet minutes at sea' }
    const reset = await send(service, 'POST', '/password/reset', { body })
    const fromReset = reset.cookies['__Host-device'] ?? ''
    expect((await ask(service, '/login/link', ada.email, CARRIERS[mode](fromReset))).status).toBe(202)
    for (const device of [deviceOf(ada), fromLink]) {
      expectProblem(
        await ask(service, '/login/link', ada.email, CARRIERS[mode](device)),
        429,
        'too-many-attempts',
      )
    }
  })
})
