import dns from 'node:dns'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { readMigrations } from '../../packages/cli/migrate/migrations-config.ts'
import { loadJanusOnNode } from '../../packages/cli/serve/janus-on-node.ts'
import { type Certificate, createAuthority, startSmtpServer, type Turn } from '../support/smtp-server.ts'
import { describeWith } from '../support/with-tools'

/** In no private network, as far as its name says; here it is this machine. */
const HOST = 'smtp.example.com'

type Whose = 'its own' | 'of an unknown authority' | 'of another host'

/** Says how the server is reached, how it turns to TLS, its certificate, and what it was given. */
const ROWS: readonly (readonly [url: 'smtps' | 'smtp', turn: Turn, whose: Whose, reaches: boolean])[] = [
  ['smtps', 'at once', 'its own', true],
  ['smtps', 'at once', 'of an unknown authority', false],
  ['smtps', 'at once', 'of another host', false],
  ['smtps', 'by STARTTLS', 'its own', false],
  ['smtp', 'by STARTTLS', 'its own', true],
  ['smtp', 'by STARTTLS', 'of an unknown authority', false],
  ['smtp', 'by STARTTLS', 'of another host', false],
  ['smtp', 'never', 'its own', false],
]

describeWith(['openssl'], 'mail of janus serve over TLS', () => {
  const trusted = getCACertificates('default')
  const lines: string[] = []
  let certificates: Readonly<Record<Whose, Certificate>>

  beforeAll(() => {
    const [known, unknown] = [createAuthority(), createAuthority()]
    certificates = {
      'its own': known.sign(HOST),
      'of an unknown authority': unknown.sign(HOST),
      'of another host': known.sign('other.example.com'),
    }
    setDefaultCACertificates([...trusted, known.certificate])
    for (const authority of [known, unknown]) authority.remove()
    vi.spyOn(dns.Resolver.prototype, 'resolve4').mockImplementation(((_: string, done: Done) =>
      done(null, ['127.0.0.1'])) as never)
    vi.spyOn(dns.Resolver.prototype, 'resolve6').mockImplementation(((_: string, done: Done) =>
      done(null, [])) as never)
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)))
  })

  afterEach(() => {
    lines.length = 0
  })

  afterAll(() => {
    vi.restoreAllMocks()
    setDefaultCACertificates(trusted)
  })

  it.each(ROWS)('%s, TLS %s, a certificate %s: is handed over %s', async (scheme, turn, whose, reaches) => {
    const smtp = await startSmtpServer(turn, certificates[whose])
    const { serveJanus } = await loadJanusOnNode()
    const janus = await serveJanus(
      {
        ISSUER: 'http://localhost:8080',
        AUTH_SECRET: 'Xr7VhmM0v3dEWdC1sPpT6uJqgB9oYkZfLwNaQ2iHtE4',
        PASSWORD_ITERATIONS: '100000',
        DATABASE: 'memory',
        PORT: '0',
        REGISTRATION: 'verified',
        BREACH_CHECK: 'off',
        MAILER: 'smtp',
        MAIL_FROM: 'Janus <janus@example.com>',
        SMTP_URL: `${scheme}://ada:p%40ss@${HOST}:${smtp.port}`,
      },
      readMigrations('src/storage/d1/migrations'),
    )
    try {
      const asked = await fetch(`http://127.0.0.1:${janus.port}/register`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Host: 'localhost:8080' },
        body: JSON.stringify({ email: 'ada@example.com', password: 'correct horse battery staple 9' }),
      })
      expect(asked.status).toBe(202)
      const failed = () => lines.filter((line) => line.includes('"event":"mail-not-sent"')).length
      if (reaches) {
        await expect.poll(() => smtp.came).toEqual(['ada:p@ss over TLS', 'mail to ada@example.com over TLS'])
        expect(failed()).toBe(0)
      } else {
        // Kept for another try, as whatever is amiss with the server.
        await expect.poll(failed).toBe(1)
        expect(smtp.came).toEqual([])
      }
    } finally {
      await janus.stop()
      await smtp.stop()
    }
  })
})

type Done = (error: Error | null, addresses: readonly string[]) => void
