import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/parse-config'
import { isPrivate } from '../../src/config/servers'
import { createJanus } from '../../src/janus'

const { ISSUER, AUTH_SECRET, DB, LOGIN_LIMIT } = env

function parse(settings: Record<string, unknown>) {
  return parseConfig({ ISSUER, AUTH_SECRET, DB, LOGIN_LIMIT, ...settings })
}

function faultsOf(settings: Record<string, unknown>): readonly string[] {
  const parsed = parse(settings)
  return parsed.ok ? [] : parsed.faults.map(({ setting }) => setting)
}

describe('REDIS_URL', () => {
  const PLAIN = { tls: false, username: null, password: null, database: 0 }
  it.each([
    ['redis://localhost', { ...PLAIN, hostname: 'localhost', port: 6379 }],
    ['redis://[::1]:7000/', { ...PLAIN, hostname: '[::1]', port: 7000 }],
    [
      'rediss://Cache.Example.com:6380/12',
      { ...PLAIN, hostname: 'cache.example.com', port: 6380, tls: true, database: 12 },
    ],
    [
      'rediss://janus:p%40ss%20w%3Ard@cache.example.com',
      {
        ...PLAIN,
        hostname: 'cache.example.com',
        port: 6379,
        tls: true,
        username: 'janus',
        password: 'p@ss w:rd',
      },
    ],
    ['redis://:hush@10.1.2.3', { ...PLAIN, hostname: '10.1.2.3', port: 6379, password: 'hush' }],
  ])('%s', (REDIS_URL, server) => {
    expect(parse({ SESSION_COPIES: 'redis', REDIS_URL })).toMatchObject({
      ok: true,
      config: { redisUrl: server },
    })
  })

  it.each([
    undefined,
    '',
    'replace with the URL of the server',
    'https://canary.example.com',
    'redis:canary',
    'rediss://',
    'rediss://canary.example.com/0/1',
    'rediss://canary.example.com/first',
    'rediss://canary.example.com?tls=off',
    'rediss://canary.example.com#1',
    'rediss://canary%0d%0a.example.com',
    'rediss://canary@cache.example.com',
    'rediss://:%E0%A4%A@canary.example.com',
    // In clear over a public network.
    'redis://:canary@cache.example.com',
    'redis://:canary@192.169.0.1',
    'redis://:canary@10.example.com',
    'redis://:canary@localhost.example.com',
    'redis://:canary@[2001:db8::1]',
  ])('PLT-01: %s is refused, without being repeated', (REDIS_URL) => {
    const settings = { SESSION_COPIES: 'redis', ...(REDIS_URL === undefined ? {} : { REDIS_URL }) }
    expect(faultsOf(settings)).toEqual(['REDIS_URL'])
    expect(JSON.stringify(parse(settings))).not.toContain('canary')
  })
})

describe('MEMCACHED_ADDRESS', () => {
  it.each([
    ['cache.example.com:11211', { hostname: 'cache.example.com', port: 11211 }],
    ['[::1]:1', { hostname: '[::1]', port: 1 }],
  ])('%s', (MEMCACHED_ADDRESS, address) => {
    const settings = { SESSION_COPIES: 'memcached', MEMCACHED_ADDRESS }
    expect(parse(settings)).toMatchObject({ ok: true, config: { memcachedAddress: address } })
  })

  it.each([
    undefined,
    '',
    'localhost',
    'localhost:0',
    'localhost:65536',
    'a b:1',
    '::1:1',
    'http://a:1',
    'a:1,b:1',
  ])('%s is refused', (MEMCACHED_ADDRESS) => {
    const settings = {
      SESSION_COPIES: 'memcached',
      ...(MEMCACHED_ADDRESS === undefined ? {} : { MEMCACHED_ADDRESS }),
    }
    expect(faultsOf(settings)).toEqual(['MEMCACHED_ADDRESS'])
  })
})

it.each([
  [
    true,
    [
      'localhost',
      'redis',
      'cache.internal',
      'a.local',
      '127.0.0.1',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.1',
      '192.168.1.1',
      '100.64.0.1',
      '[::1]',
      '[fd12::1]',
    ],
  ],
  [
    false,
    [
      'example.com',
      '10.example.com',
      '11.0.0.1',
      '172.32.0.1',
      '172.15.0.1',
      '100.128.0.1',
      '[2001:db8::1]',
      '1270.0.0.1.example',
    ],
  ],
] as const)('a private host: %s', (expected, hosts) => {
  for (const host of hosts) expect(isPrivate(host), host).toBe(expected)
})

describe('KEY-05: SESSION_COPIES', () => {
  it.each(['redis', 'memcached', 'memory', 'none'])('%s needs no KV', (SESSION_COPIES) => {
    const servers = { REDIS_URL: 'redis://localhost', MEMCACHED_ADDRESS: 'localhost:11211' }
    expect(faultsOf({ SESSION_COPIES, ...servers })).toEqual([])
  })

  it('kv needs KV, and durable-object the class', () => {
    expect(faultsOf({})).toEqual(['SESSIONS'])
    expect(faultsOf({ SESSION_COPIES: 'durable-object' })).toEqual(['COPIES'])
    expect(faultsOf({ SESSION_COPIES: 'durable-object', COPIES: env.COPIES })).toEqual([])
  })

  it('names a store that createJanus was not given', async () => {
    const settings = {
      ISSUER,
      AUTH_SECRET,
      DB,
      LOGIN_LIMIT,
      SESSION_COPIES: 'redis',
      REDIS_URL: 'redis://localhost',
    }
    for (const options of [{}, { createSessionCopies: () => null }]) {
      const janus = createJanus(settings, { ...options, log: () => {} })
      expect(janus.services).toBeNull()
      const answer = await janus.request('/readyz')
      expect([answer.status, await answer.json()]).toEqual([
        503,
        {
          status: 'not-ready',
          checks: [
            {
              name: 'SESSION_COPIES',
              ok: false,
              detail: 'SESSION_COPIES is redis, and createJanus was not given createSessionCopies for it.',
            },
          ],
        },
      ])
    }
  })
})
