import { type Person, send } from './person'

/** Lists the ways in which a person ends their own session. */
export const ENDINGS = [
  ['signing out', (person: Person) => person.post('/logout')],
  ['signing out everywhere', (person: Person) => person.post('/logout/all')],
  ['ending it from the list', (person: Person) => person.delete(`/sessions/${person.sessionId}`)],
  [
    'changing the password',
    ({ password, post }: Person) =>
      post('/password', { current_password: password, new_password: 'battery staple horse' }),
  ],
  ['deleting the account', ({ password, post }: Person) => post('/me/delete', { password })],
  [
    'signing in again in its place',
    ({ service, email, password, headers }: Person) =>
      send(service, 'POST', '/login', { headers, body: { email, password } }),
  ],
] as const
