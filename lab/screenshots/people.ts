import { randomBytes } from 'node:crypto'
import type { LocalService } from '../../test/smoke/local-service.ts'

export const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'Difference engine no. 2' }
/** Somebody whose name and address take more room than most. */
export const LONG = {
  name: 'Maximiliane-Alexandra Freifrau von Hohenstaufen-Wittelsbach zu Oberammergau',
  email: 'maximiliane-alexandra.von-hohenstaufen-wittelsbach@verwaltung.oberammergau.example.com',
  password: 'Difference engine no. 3',
}
/** Somebody who has an account without a password. */
export const INVITED = 'grace@example.com'
/** Somebody who has an account, and comes from a provider that proves the same address. */
export const KNOWN_TO_PROVIDER = {
  login: 'mary',
  email: 'mary@panva.example',
  password: 'Difference engine no. 4',
}

export const USER_AGENTS = {
  laptop:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  office: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
}

/** Posts to a service as a program does, from a device of its own. */
export async function call(
  { url }: LocalService,
  path: string,
  body: object,
  userAgent: string,
): Promise<void> {
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': userAgent,
    'CF-Connecting-IP': newAddress(),
  }
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
}

/** Returns an address that nobody has used, because a client may make only so many attempts a minute. */
export function newAddress(): string {
  return [10, ...randomBytes(3)].join('.')
}
