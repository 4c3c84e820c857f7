import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientAddress } from '../../../packages/node/client-address'
import { listen } from '../../../packages/node/http-server'
import { createLoginLimit } from '../../../packages/node/login-limit'
import { createPublicFetch, isPublicAddress } from '../../../packages/node/public-fetch'
import { parseHostSettings } from '../../../packages/node/settings'
import { transportOptions } from '../../../packages/node/smtp-mailer'
import { createEgress } from '../../../src/social/egress'
import { createAuthority } from '../../support/smtp-server'
import { describeWith } from '../../support/with-tools'

describe('the address of a client', () => {
  const spoofed = {
    'x-forwarded-for': '203.0.113.9',
    'cf-connecting-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  }
  const rows: readonly (readonly [
    what: string,
    given: Parameters<typeof clientAddress>,
    address: string | null,
  ])[] = [
    ['RL-03: the socket, whatever headers say', [null, '198.51.100.7', spoofed], '198.51.100.7'],
    ['IPv4 on a socket for both', [null, '::ffff:198.51.100.7', {}], '198.51.100.7'],
    ['IPv6', [null, '2001:db8::7', {}], '2001:db8::7'],
    ['a zone', [null, 'fe80::7%eth0', {}], 'fe80::7'],
    ['a socket that is gone', [null, undefined, {}], null],
    [
      'the header that is named',
      ['x-real-ip', '10.0.0.1', { 'x-real-ip': '198.51.100.7', ...spoofed }],
      '198.51.100.7',
    ],
    [
      'what the proxy appended',
      ['x-forwarded-for', '10.0.0.1', { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }],
      '198.51.100.7',
    ],
    ['a proxy that says nothing', ['x-real-ip', '10.0.0.1', spoofed], null],
    ['a header that is no address', ['x-real-ip', '10.0.0.1', { 'x-real-ip': 'unknown' }], null],
  ]
  it.each(rows)('%s', (_, given, address) => expect(clientAddress(...given)).toBe(address))

  it.each([
    ['where nothing says it', null, ''],
    ['beside what is known', '192.0.2.1', '192.0.2.1'],
  ])('RL-03: is not what the client writes, %s', async (_, address, told) => {
    const server = await listen({
      host: '127.0.0.1',
      port: 0,
      clientAddress: () => address,
      fetch: (request) => new Response(request.headers.get('CF-Connecting-IP')),
    })
    onTestFinished(() => server.close())
    const headers = { 'CF-Connecting-IP': '203.0.113.9', Connection: 'close' }
    expect(await (await fetch(`http://127.0.0.1:${server.port}/`, { headers })).text()).toBe(told)
  })
})

it('RL-03: LOGIN_LIMIT of a process lets a client make 600 requests a minute, and others as many', async () => {
  let now = 0
  const limit = createLoginLimit(() => now)
  const ask = async (key: string) => (await limit.limit({ key })).success
  for (let nth = 0; nth < 600; nth++) await ask('one')
  expect([await ask('one'), await ask('other')]).toEqual([false, true])
  now += 60_000
  expect(await ask('one')).toBe(true)
})

describe('where mail is handed over', () => {
  const parse = (SMTP_URL: string) => parseHostSettings({ SMTP_URL })
  it.each([
    [
      'smtps://ada:p%40ss@mail.example.com',
      { port: 465, tls: true, inClear: false, user: { name: 'ada', password: 'p@ss' } },
    ],
    ['smtp://mail.example.com', { port: 587, tls: false, inClear: false, user: null }],
    ['smtp://[::1]:2525', { hostname: '::1', port: 2525, inClear: true }],
  ])('%s', (url, server) => expect(parse(url)).toMatchObject({ ok: true, settings: { SMTP_URL: server } }))

  it.each([
    'https://mail.example.com',
    'smtp://',
    'smtp://ada@mail.example.com',
    'smtp://mail.example.com/x',
    'smtp://a%ZZ:b@c',
  ])('not %s', (url) =>
    expect(parse(url)).toMatchObject({ ok: false, faults: [expect.stringMatching(/^SMTP_URL /)] }),
  )
})

it.each([
  ['smtp://mail.example.com', true],
  ['smtp://127.0.0.1', false],
  ['smtps://mail.example.com', false],
])('%s must turn to TLS: %s', (SMTP_URL, requireTLS) => {
  const parsed = parseHostSettings({ SMTP_URL })
  const server = parsed.ok ? parsed.settings.SMTP_URL : null
  expect(server && transportOptions(server, 'auth.example.com')).toMatchObject({ requireTLS })
})

// That the record has every part, the compiler says (src/all-parts.ts).
it.each(['src/deployed.ts', 'packages/node/serve.ts'])('%s leaves no part out', (file) => {
  expect(readFileSync(file, 'utf8')).toMatch(/^ +\.\.\.allParts,$/m)
})

describe('SOC-06: a URL that a stranger chose', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.31.255.255',
    '192.168.178.1',
    '0.0.0.0',
    '198.51.100.7',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:93.184.215.14',
    '64:ff9b::a00:1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('leads to no address like %j', (address) => expect(isPublicAddress(address)).toBe(false))

  it.each(['93.184.215.14', '172.32.0.1', '11.0.0.1', '223.255.255.255', '2606:4700::6810:84e5', '2a00::1'])(
    'may lead to %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  )

  it('opens no connection to this machine, whatever its name resolves to', async () => {
    let came = 0
    const server = createTcpServer((socket) => {
      came++
      socket.destroy()
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const send = createPublicFetch()
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]'])
      await expect(send(`https://${host}:${port}/client.json`, {})).rejects.toThrow(/address/)
    expect(came).toBe(0)
    // What is asked here is whether the test would see one.
    await expect(
      createPublicFetch({ isPublic: () => true })(`https://localhost:${port}/`, {}),
    ).rejects.toThrow()
    expect(came).toBeGreaterThan(0)
  })

  // Which of the two a service uses is said in one line, and a port of a document is 443.
  it('is sent by this way where Janus runs on Node', () =>
    expect(readFileSync('packages/node/serve.ts', 'utf8')).toContain('sendToStrangers: createPublicFetch()'))
})

describeWith(['openssl'], 'the answer to a URL that a stranger chose', () => {
  it('is as fetch would have it: status, headers and body, without redirects, within a size and a time', async () => {
    const authority = createAuthority()
    const server = createServer(authority.sign('localhost'), ({ url, headers }, response) => {
      if (url === '/never') return
      if (url === '/redirect') response.writeHead(302, { Location: 'https://localhost/' }).end()
      else if (url === '/empty') response.writeHead(204).end()
      else if (url === '/large') response.end('x'.repeat(100_000))
      else
        response
          .writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=60' })
          .end(JSON.stringify({ accept: headers.accept }))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
      authority.remove()
    })
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`
    const send = createPublicFetch({ isPublic: () => true, ca: authority.certificate })
    const egress = createEgress([origin], { send })

    const answer = await egress(`${origin}/client.json`, { headers: { Accept: 'application/json' } })
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'max-age=60'])
    expect(await answer.json()).toEqual({ accept: 'application/json' })
    expect((await egress(`${origin}/empty`, {})).status).toBe(204)
    await expect(egress(`${origin}/redirect`, {})).rejects.toMatchObject({ reason: 'redirected' })
    await expect(egress(`${origin}/large`, {})).rejects.toMatchObject({ reason: 'too-large' })
    const hurried = createEgress([origin], { send, timeLimitMs: 50 })
    await expect(hurried(`${origin}/never`, {})).rejects.toMatchObject({ reason: 'timed-out' })
    const unknown = createPublicFetch({ isPublic: () => true })
    await expect(unknown(`${origin}/client.json`, {})).rejects.toThrow(/certificate|issuer/)
  })
})
