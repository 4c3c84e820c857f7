import { type Contender, PROTECTED } from './contender.ts'
import { ask, type Person } from './person.ts'

/**
 * Asserts what makes a comparison fair before anything is timed: everybody is recognised as who they are, and neither a
 * stranger nor a forger gets in, not even after the good credential was seen.
 *
 * @throws With what went wrong.
 */
export async function checkContender(
  port: number,
  contender: Contender,
  people: readonly Person[],
): Promise<void> {
  const path = contender.path ?? PROTECTED
  const fail = (why: string) => {
    throw new Error(`${contender.name}: ${why}`)
  }
  if (!contender.enter) {
    const { status } = await ask(port, path)
    if (status !== 200) fail(`answered ${status}`)
    return
  }
  for (const { id, headers } of people) {
    const { status, body } = await ask(port, path, { headers })
    if (status !== 200 || body?.user_id !== id)
      fail(`did not recognise ${id}: ${status} ${JSON.stringify(body)}`)
  }
  const [person] = people
  for (const headers of [{}, tampered(person?.headers ?? {})]) {
    const { status } = await ask(port, path, { headers })
    if (status !== 401 && status !== 403)
      fail(`let a bad credential in: ${status} ${JSON.stringify(headers)}`)
  }
}

/** Changes one character near the end of each part of a credential, where a signature or a secret stands. */
function tampered(headers: Readonly<Record<string, string>>): Record<string, string> {
  const change = (text: string) => {
    const at = text.length - 8
    return `${text.slice(0, at)}${text[at] === 'a' ? 'b' : 'a'}${text.slice(at + 1)}`
  }
  const changed = Object.entries(headers).map(([name, value]) => [
    name,
    value.split('; ').map(change).join('; '),
  ])
  return Object.fromEntries(changed)
}
