import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { RedisServer } from '../../../src/config/servers.ts'
import type { Deployment } from './deployment.ts'
import { error, type Finding, ok, warning } from './finding.ts'

const CHECK = 'settings.REDIS_URL'
const PATIENCE_MS = 5_000
const MOST_CHARACTERS = 64 * 1024

/** Asks the Redis server of a local configuration whether it answers, and what it does when its memory is full. */
export async function checkRedis({ parsed }: Deployment): Promise<readonly Finding[]> {
  const server = parsed.ok ? parsed.config.redisUrl : undefined
  if (!server) return []
  const told = await askForPolicy(server)
  if ('fault' in told) {
    const fix =
      'Check REDIS_URL, and that the server runs. Until it answers, every request reads the database.'
    return [error(CHECK, `The server at REDIS_URL cannot be used: ${told.fault}.`, fix)]
  }
  if (told.policy !== 'noeviction')
    return [ok(CHECK, `Redis answers; when it is full, it evicts (${told.policy}).`)]
  const what =
    'When Redis is full, it refuses copies (maxmemory-policy noeviction), and the database answers.'
  return [warning(CHECK, what, 'Set maxmemory, and maxmemory-policy to allkeys-lru.')]
}

function askForPolicy(server: RedisServer): Promise<{ policy: string } | { fault: string }> {
  const { hostname, port, tls, username, password } = server
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket: Socket = tls ? connectTls({ host, port }) : connect({ host, port })
    const end = (told: { policy: string } | { fault: string }) => {
      socket.destroy()
      resolve(told)
    }
    let text = ''
    socket.setEncoding('utf8').setTimeout(PATIENCE_MS)
    socket.on('timeout', () => end({ fault: 'it does not answer' }))
    socket.on('error', ({ message }) => end({ fault: message }))
    socket.on('close', () => end({ fault: 'it closes the connection' }))
    socket.on('data', (part) => {
      text += part
      const [, code] = /^-([A-Z]+)/m.exec(text) ?? []
      const [, policy] = /^maxmemory_policy:([\w-]+)\r$/m.exec(text) ?? []
      if (code !== undefined) end({ fault: `it answers ${code}` })
      else if (policy !== undefined) end({ policy })
      else if (text.length > MOST_CHARACTERS) end({ fault: 'it does not answer as Redis does' })
    })
    if (password !== null) socket.write(encode(['AUTH', ...(username === null ? [] : [username]), password]))
    socket.write(encode(['INFO', 'memory']))
  })
}

function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`)
  return `*${command.length}\r\n${parts.join('')}`
}
