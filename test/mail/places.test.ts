import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { mailingService } from '../support/mail'
import { newEmail, PASSWORD, read, send, signedInPerson } from '../support/person'
import type { Service } from '../support/service'

/** Sends a request from where Cloudflare places it. */
async function sendFrom(service: Service, country: string, path: string, body: unknown) {
  const headers = { 'Content-Type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body), cf: { country } }
  return read(await service.fetch(new Request(`${service.issuer}${path}`, init)))
}

// T1 is Tor, XX unknown; the platform throws when it is asked for the name of what cannot be a country.
it.each(['T1', 'XX', 'K1', '00', '1A', 'NL'])(
  'mail is sent wherever a client is placed: %s',
  async (country) => {
    const service = mailingService({ REGISTRATION: 'verified' })
    const email = newEmail()
    const registered = await sendFrom(service, country, '/register', { email, password: PASSWORD })
    expect(registered.status).toBe(202)
    expect(service.log.filter(({ event }) => event.startsWith('mail-'))).toEqual([])
    expect(service.mailTo(email)).toHaveLength(1)
  },
)

it.each([
  ['de-AT, en;q=0.5', 'Bestätigen Sie Ihre Adresse für'],
  ['es', 'Confirme su dirección para'],
  ['fr, *;q=0', 'Confirm your address for'],
  [null, 'Confirm your address for'],
])('mail is in the language of the page, Accept-Language: %s', async (accepted, subject) => {
  const service = mailingService({ REGISTRATION: 'verified' })
  const email = newEmail()
  const headers = accepted === null ? {} : { 'Accept-Language': accepted }
  await send(service, 'POST', '/register', { body: { email, password: PASSWORD }, headers })
  expect(service.mailTo(email).map((message) => message.subject)).toEqual([`${subject} auth.example.com`])
})

it.each(['{}', '{"device":"curl","country":"NL"}', '{"language":"fr"}', '{"language":"__proto__"}'])(
  'mail that another version queued is sent, in English: %s',
  async (details) => {
    const service = mailingService()
    const { email } = await signedInPerson({ mode: 'session', service })
    service.carrierFails = () => Promise.reject(new Error('down'))
    await send(service, 'POST', '/password/forgot', { body: { email }, headers: { 'Accept-Language': 'de' } })
    // Due before the mail of every other test: a run of the sweep sends the oldest few.
    const age = env.DB.prepare('UPDATE outbox SET details = ?1, due_at = 1 WHERE recipient = ?2')
    await age.bind(details, email).run()
    service.carrierFails = null
    await service.sweep()
    expect(service.mailTo(email).map(({ subject }) => subject)).toEqual([
      'Set a new password for auth.example.com',
    ])
  },
)

it('AUD-04: a sign-in over Tor is told to the owner, and said to be one', async () => {
  const service = mailingService()
  const { email } = await signedInPerson({ mode: 'session', service })
  const login = await sendFrom(service, 'T1', '/login', { email, password: PASSWORD })
  expect(login.status).toBe(200)
  expect(service.mailTo(email).map(({ text }) => text.includes('Tor'))).toEqual([true])
})
