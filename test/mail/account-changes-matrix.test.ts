import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import {
  accountRow,
  changeLink,
  confirmChange,
  NEW_PASSWORD,
  reset,
  resetLink,
  signInLink,
  verifyLink,
} from '../support/links'
import { type MailingService, mailingService } from '../support/mail'
import {
  type Answer,
  expectProblem,
  newEmail,
  PASSWORD,
  type Person,
  send,
  signedInPerson,
} from '../support/person'

interface Scene {
  readonly service: MailingService
  /** The address is not proven, so every kind of link can be out. */
  readonly ada: Person
}

/** The changes of an account; the owner makes them on a known device. */
const EVENTS = {
  'it is disabled': async ({ ada }) => {
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(ada.userId).run()
  },
  'its password is changed': async ({ ada }) => {
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    expect((await (await ada.signIn()).post('/password', change)).status).toBe(200)
  },
  'its password is reset': async ({ ada, service }) => {
    expect((await reset(service, await resetLink(service, ada.email))).status).toBe(204)
  },
  'its address is changed': async ({ ada, service }) => {
    const link = await changeLink(service, await ada.signIn(), newEmail())
    expect((await confirmChange(service, link)).status).toBe(204)
  },
  'its owner signs out everywhere': async ({ ada }) => {
    expect((await (await ada.signIn()).post('/logout/all', {})).status).toBe(204)
  },
  'it is deleted': async ({ ada }) => {
    expect((await (await ada.signIn()).post('/me/delete', { password: PASSWORD })).status).toBe(204)
  },
} satisfies Record<string, (scene: Scene) => Promise<void>>

type Use = () => Promise<Answer>

interface Credential {
  /** Hands one out before the event, and gives how it is used after it. */
  readonly give: (scene: Scene) => Promise<Use>
  readonly works: number
  readonly refused: readonly [status: number, code: string]
}

const SESSION_ENDED = [401, 'session-ended'] as const
const INVALID_LINK = [400, 'invalid-link'] as const

const CREDENTIALS = {
  'the cookie of a session': {
    give: async ({ ada }) => {
      const device = await ada.signIn({ mode: 'session' })
      return () => device.get('/me')
    },
    works: 200,
    refused: SESSION_ENDED,
  },
  'an access token, where a live session is asked for': {
    give: async ({ ada }) => {
      const device = await ada.signIn({ mode: 'token' })
      return () => device.get('/sessions')
    },
    works: 200,
    refused: SESSION_ENDED,
  },
  'a refresh token': {
    give: async ({ ada, service }) => {
      const { refreshToken } = await ada.signIn({ mode: 'token' })
      return () => send(service, 'POST', '/refresh', { body: { refresh_token: refreshToken } })
    },
    works: 200,
    refused: SESSION_ENDED,
  },
  'a link to set a password': {
    give: async ({ ada, service }) => {
      const token = await resetLink(service, ada.email)
      return () => reset(service, token, 'another evening by the fire')
    },
    works: 204,
    refused: INVALID_LINK,
  },
  'a link to verify the address': {
    give: async ({ ada, service }) => {
      const body = await verifyLink(service, ada.email)
      return () => send(service, 'POST', '/email/verify', { body })
    },
    works: 200,
    refused: INVALID_LINK,
  },
  'a link to sign in': {
    give: async ({ ada, service }) => {
      const body = await signInLink(service, ada.email)
      return () => send(service, 'POST', '/login/link/confirm', { body })
    },
    works: 200,
    refused: INVALID_LINK,
  },
  'a link to change the address': {
    give: async ({ ada, service }) => {
      const link = await changeLink(service, ada, newEmail())
      return () => confirmChange(service, link)
    },
    works: 204,
    refused: INVALID_LINK,
  },
} satisfies Record<string, Credential>

type Cell = 'dead at once' | 'unaffected'

const ALL_DEAD = ['dead at once', 'dead at once'] as const

/** The effect of each event on sessions, their tokens, and links. */
const TABLE: Readonly<Record<keyof typeof EVENTS, readonly [sessions: Cell, links: Cell]>> = {
  'it is disabled': ALL_DEAD,
  'its password is changed': ALL_DEAD,
  'its password is reset': ALL_DEAD,
  // It is the same person, who proved it with the password; but what was mailed to the old address is not theirs to use.
  'its address is changed': ['unaffected', 'dead at once'],
  // Access to the mailbox is independent of who is signed in.
  'its owner signs out everywhere': ['dead at once', 'unaffected'],
  'it is deleted': ALL_DEAD,
}

const CELLS = Object.entries(TABLE).flatMap(([event, [sessions, links]]) =>
  Object.entries(CREDENTIALS).map(([credential, { refused }]) => ({
    event: event as keyof typeof EVENTS,
    credential: credential as keyof typeof CREDENTIALS,
    cell: refused === SESSION_ENDED ? sessions : links,
  })),
)

describe('INC-3: what is out when something happens to an account', () => {
  it.each(CELLS)('$event: $credential is $cell', async ({ event, credential, cell }) => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    const { give, works, refused } = CREDENTIALS[credential]
    const use = await give({ service, ada })
    await EVENTS[event]({ service, ada })
    const before = await accountRow(ada.userId)
    const answer = await use()
    if (cell === 'unaffected') return expect(answer.status, answer.text).toBe(works)
    expectProblem(answer, refused[0], refused[1])
    expect(answer.cookies).toEqual({})
    expect(await accountRow(ada.userId)).toEqual(before)
  })

  it.each(Object.keys(CREDENTIALS) as (keyof typeof CREDENTIALS)[])(
    '%s works when nothing happens',
    async (credential) => {
      const service = mailingService()
      const ada = await signedInPerson({ mode: 'session', service })
      const { give, works } = CREDENTIALS[credential]
      const answer = await (await give({ service, ada }))()
      expect(answer.status, answer.text).toBe(works)
    },
  )

  it('OUT-04: of an account that is deleted no link stays behind', async () => {
    const service = mailingService()
    const ada = await signedInPerson({ mode: 'session', service })
    await resetLink(service, ada.email)
    await changeLink(service, ada, newEmail())
    const links = env.DB.prepare('SELECT count(*) AS n FROM one_time_tokens WHERE holder = ?1').bind(
      ada.userId,
    )
    expect(await links.first('n')).toBe(2)
    await EVENTS['it is deleted']({ service, ada })
    expect(await links.first('n')).toBe(0)
  })

  it.each(['it is disabled', 'its password is changed', 'its address is changed', 'it is deleted'] as const)(
    'no link of another account is touched when %s',
    async (event) => {
      const service = mailingService()
      const [ada, bob] = [
        await signedInPerson({ mode: 'session', service }),
        await signedInPerson({ mode: 'session', service }),
      ]
      const token = await resetLink(service, bob.email)
      await EVENTS[event]({ service, ada })
      expect((await reset(service, token)).status).toBe(204)
    },
  )
})
