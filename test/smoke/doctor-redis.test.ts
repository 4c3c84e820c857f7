import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkRedis } from '../../packages/cli/doctor/check-redis.ts'
import type { Deployment } from '../../packages/cli/doctor/deployment.ts'

/** Returns a server that answers whatever it is sent with this text, and a configuration that names it. */
async function deploymentWith(reply: string | null): Promise<{ deployment: Deployment; received: string[] }> {
  const received: string[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      received.push(String(data))
      if (reply === null) socket.destroy()
      else socket.write(reply)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const redisUrl = {
    hostname: '127.0.0.1',
    port,
    tls: false,
    username: 'janus',
    password: 'hush',
    database: 0,
  }
  return { deployment: { parsed: { ok: true, config: { redisUrl } } } as unknown as Deployment, received }
}

const info = (policy: string) => `+OK\r\n$80\r\n# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:${policy}\r\n\r\n`

describe('the doctor, of a Redis server', () => {
  it.each([
    ['evicts', info('allkeys-lru'), 'ok', 'allkeys-lru'],
    ['refuses what is new when it is full', info('noeviction'), 'warning', 'noeviction'],
    ['refuses the password', '-WRONGPASS invalid username-password pair: hush\r\n', 'error', 'WRONGPASS'],
    ['closes the connection', null, 'error', 'closes'],
    ['is no Redis', 'HTTP/1.1 400 Bad Request\r\n'.repeat(4000), 'error', 'as Redis does'],
  ])('that %s', async (_, reply, level, text) => {
    const { deployment, received } = await deploymentWith(reply)
    const findings = await checkRedis(deployment)
    expect(findings).toMatchObject([{ check: 'settings.REDIS_URL', level }])
    expect(findings[0]?.what).toContain(text)
    expect(JSON.stringify(findings)).not.toContain('hush')
    expect(received.join('')).toContain('*3\r\n$4\r\nAUTH\r\n$5\r\njanus\r\n$4\r\nhush\r\n')
  })

  it('asks nobody where copies are elsewhere', async () => {
    const deployment = { parsed: { ok: true, config: { redisUrl: undefined } } } as unknown as Deployment
    expect(await checkRedis(deployment)).toEqual([])
  })
})
