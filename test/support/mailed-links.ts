import { expect } from 'vitest'
import type { Mode } from '../../src/sessions/mode'
import { type MailingService, mailingService } from './mail'
import { type Answer, newEmail, PASSWORD, type Person, send, signedInPerson } from './person'

export const NEW_PASSWORD = 'seven quiet minutes at sea'

/** Every kind of link there is in a mail, with how long it is good and what its use is answered with. */
export const LINK_KINDS = {
  registration: { seconds: 24 * 3600, status: 200, purpose: 'register' },
  verification: { seconds: 24 * 3600, status: 200, purpose: 'verify-email' },
  reset: { seconds: 3600, status: 204, purpose: 'reset-password' },
  'sign-in': { seconds: 15 * 60, status: 200, purpose: 'sign-in' },
  'address change': { seconds: 24 * 3600, status: 204, purpose: 'change-email' },
} as const

export type LinkKind = keyof typeof LINK_KINDS

export const ALL_KINDS = Object.keys(LINK_KINDS) as LinkKind[]

/** The kinds of those who have an account already. */
export const ACCOUNT_KINDS = ALL_KINDS.filter((kind) => kind !== 'registration')

/** A link that was mailed, and the request that uses it. */
export interface MailedLink {
  readonly kind: LinkKind
  readonly service: MailingService
  readonly mailedTo: string
  readonly token: string
  /** The secret of who asked, where there is one. */
  readonly binding: string | null
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Returns two services on the same storage: one requires people to verify their address before they register, the other does not. */
export function bothRegistrations(settings: object = {}): {
  readonly verified: MailingService
  readonly open: MailingService
} {
  return {
    verified: mailingService({ ...settings, REGISTRATION: 'verified' }),
    open: mailingService(settings),
  }
}

/** Asks for a link of an account as its owner would; the address of a change is new. */
export async function askForLink(
  service: MailingService,
  kind: Exclude<LinkKind, 'registration'>,
  ada: Person,
): Promise<MailedLink> {
  const { mode, email } = ada
  const mailedTo = kind === 'address change' ? newEmail() : email
  const asked = await {
    verification: () =>
      send(service, 'POST', '/email/verify/resend', { headers: ada.headers, body: { email } }),
    reset: () => send(service, 'POST', '/password/forgot', { body: { email } }),
    'sign-in': () => send(service, 'POST', '/login/link', { body: { email } }),
    'address change': () => ada.post('/email/change', { email: mailedTo, password: ada.password }),
  }[kind]()
  expect(asked.status, asked.text).toBe(202)
  const binding: string | null = asked.body.binding ?? null
  const token = service.tokenFor(mailedTo)
  const bound = { token, binding }
  const [path, body] = {
    verification: ['/email/verify', bound] as const,
    reset: ['/password/reset', { token, new_password: NEW_PASSWORD }] as const,
    'sign-in': ['/login/link/confirm', { ...bound, mode }] as const,
    'address change': ['/email/change/confirm', bound] as const,
  }[kind]
  return { kind, service, mailedTo, token, binding, path, body }
}

/** Registers where addresses are to be proven first. */
export async function registerForLink(
  service: MailingService,
  { email = newEmail(), ...more }: { email?: string; password?: string; name?: string; mode?: Mode } = {},
): Promise<MailedLink> {
  const asked = await send(service, 'POST', '/register', { body: { email, password: PASSWORD, ...more } })
  expect(asked.status, asked.text).toBe(202)
  const { binding } = asked.body
  const token = service.tokenFor(email)
  const body = { token, binding }
  return { kind: 'registration', service, mailedTo: email, token, binding, path: '/email/verify', body }
}

/** Returns a link of any kind, of a person of its own. */
export async function mailedLink(kind: LinkKind, mode: Mode, settings: object = {}): Promise<MailedLink> {
  const { verified, open } = bothRegistrations(settings)
  if (kind === 'registration') return registerForLink(verified, { mode })
  return askForLink(open, kind, await signedInPerson({ mode, service: open }))
}

export function useLink({ service, path, body }: MailedLink, more: object = {}): Promise<Answer> {
  return send(service, 'POST', path, { body: { ...body, ...more } })
}
