import type { RedisServer } from '../../config/servers'
import { type Connect, type Conversation, converse } from '../sockets/conversation'

/** A reply of the kinds that these commands have: a status, a number, a text, nothing. */
export type RedisReply = { readonly status: string } | number | string | null

export type RedisCommand = readonly [name: string, ...args: (string | number)[]]

/**
 * Sends commands over a connection of its own, in one write, and returns a reply for each. Speaks what Redis, Valkey and their relatives
 * have in common (RESP2, and the null of RESP3).
 *
 * @throws If the server cannot be reached, refuses a command, or replies with anything else. No message holds what was sent.
 */
export function askRedis(
  connect: Connect,
  server: RedisServer,
  commands: readonly RedisCommand[],
  signal: AbortSignal,
): Promise<readonly RedisReply[]> {
  const { tls, username, password, database } = server
  const opening: RedisCommand[] = []
  if (password !== null) opening.push(username === null ? ['AUTH', password] : ['AUTH', username, password])
  if (database !== 0) opening.push(['SELECT', database])
  return converse(connect(server, { tls }), signal, async (conversation) => {
    const all = [...opening, ...commands]
    await conversation.write(all.map(encode).join(''))
    const replies: RedisReply[] = []
    for (const [name] of all) replies.push(await readReply(conversation, name))
    return replies.slice(opening.length)
  })
}

function encode(command: RedisCommand): string {
  const parts = command.map((part) => `$${new TextEncoder().encode(`${part}`).byteLength}\r\n${part}\r\n`)
  return `*${command.length}\r\n${parts.join('')}`
}

async function readReply(conversation: Conversation, command: string): Promise<RedisReply> {
  const line = await conversation.line()
  const [kind, rest] = [line.slice(0, 1), line.slice(1)]
  if (kind === '+') return { status: rest }
  if (kind === ':' && /^-?\d{1,15}$/.test(rest)) return Number(rest)
  if (line === '$-1' || line === '_') return null
  if (kind === '$' && /^\d{1,9}$/.test(rest)) return conversation.text(Number(rest))
  if (kind === '-') throw new Error(`Redis refused ${command}: ${refusalCode(rest)}`)
  throw new Error(`The reply of Redis to ${command} is malformed`)
}

/** Returns the first word of a refusal, a code such as OOM or WRONGPASS. What follows it may repeat what was sent. */
export function refusalCode(refusal: string): string {
  return /^[A-Z]{1,20}(?= |$)/.exec(refusal)?.[0] ?? 'ERR'
}
