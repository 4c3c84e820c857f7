import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createJanus, createMail } from '../../packages/janus/index.ts'
import { createMailbox, createPerson, createTestClock } from '../../packages/testing/index.ts'

const MAILING = { ...env, MAILER: 'cloudflare', MAIL_FROM: 'Janus <janus@example.com>' }

describe.each(['session', 'token'] as const)('a person under test, in %s mode', (mode) => {
  it.each(['open', 'verified'])('is signed in with REGISTRATION=%s', async (registration) => {
    const mailbox = createMailbox()
    const auth = createJanus({ ...MAILING, REGISTRATION: registration }, { mailer: mailbox, createMail })
    const person = await createPerson(auth, { mode, name: 'Ada', mailbox })
    const answer = await auth.request('/me', { headers: person.headers })
    expect(await answer.json()).toMatchObject({
      user: {
        id: person.id,
        email: person.email,
        name: 'Ada',
        email_verified: registration === 'verified',
      },
      session: { id: person.sessionId, mode },
    })
    // Changing requests are accepted too.
    const signOut = await auth.request('/logout', {
      method: 'POST',
      headers: { ...person.headers, 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect(signOut.status).toBe(204)
  })

  it('needs a mailbox where an address is proven first', async () => {
    const auth = createJanus(
      { ...MAILING, REGISTRATION: 'verified' },
      { mailer: createMailbox(), createMail },
    )
    await expect(createPerson(auth, { mode })).rejects.toThrow('needs the mailbox')
  })

  it('cannot have what Janus refuses, and the answer says why', async () => {
    const auth = createJanus(env)
    await expect(createPerson(auth, { mode, password: 'short' })).rejects.toThrow(
      /^POST \/register: 422 .*password/,
    )
  })
})

it('a mailbox says whose mail there is', async () => {
  const mailbox = createMailbox()
  expect(() => mailbox.newest('ada@example.com')).toThrow(
    'No mail to ada@example.com; there is mail to nobody',
  )
  await mailbox.send({ id: '1', to: 'eve@example.com', subject: 'Hello', headers: {}, text: 'Hi', html: '' })
  expect(() => mailbox.newest('ada@example.com')).toThrow('there is mail to eve@example.com')
  expect(() => mailbox.code('eve@example.com')).toThrow('No code in the mail "Hello" to eve@example.com')
})

it('a clock moves ahead only', () => {
  const clock = createTestClock()
  const before = clock()
  clock.advance(60)
  expect(clock()).toBeGreaterThanOrEqual(before + 60)
  expect(() => clock.advance(-1)).toThrow(RangeError)
})
