import { describe, expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { expectProblem, PASSWORD, send, signedInPerson } from '../support/person'

const NEW_PASSWORD = 'a new beginning, again'

describe.each(['session', 'token'] as const)('a forgotten password, %s mode', (mode) => {
  it('RST-04: is replaced by its owner; every session ends, nobody is signed in, and the owner is told', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode, service })
    const asked = await send(service, 'POST', '/password/forgot', { body: { email: ada.email } })
    expect([asked.status, asked.text]).toEqual([202, '{}'])
    const token = service.tokenFor(ada.email)

    const reset = await send(service, 'POST', '/password/reset', {
      body: { token, new_password: NEW_PASSWORD },
    })
    expect([reset.status, reset.text, reset.cookies], reset.text).toEqual([204, '', {}])

    expectProblem(await ada.get('/sessions'), 401, 'session-ended')
    const old = await send(service, 'POST', '/login', { body: { email: ada.email, password: PASSWORD } })
    expectProblem(old, 401, 'invalid-credentials')
    await ada.signIn({ password: NEW_PASSWORD })
    const notice = service.mailTo(ada.email).at(-1)
    expect(notice?.subject).toContain('password')
    expect(`${notice?.text}${notice?.html}`).not.toContain('token=')
  })
})
