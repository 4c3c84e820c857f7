import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { findTool } from './tools.ts'

/** A certificate and its key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Makes an authority, which signs certificates for hosts. */
export function createAuthority() {
  const openssl = findTool('openssl') ?? 'openssl'
  const folder = mkdtempSync(join(tmpdir(), 'janus-authority-'))
  const file = (name: string) => join(folder, name)
  const run = (...args: string[]) => execFileSync(openssl, args, { stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  run('req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=authority')
  return {
    certificate: readFileSync(file('ca.pem'), 'utf8'),
    sign(host: string): Certificate {
      run('req', ...key, '-keyout', file('key'), '-out', file('request'), '-subj', '/CN=server')
      writeFileSync(file('names'), `subjectAltName=DNS:${host}`)
      run(
        ...['x509', '-req', '-in', file('request'), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
        ...['-CAcreateserial', '-days', '2', '-extfile', file('names'), '-out', file('cert')],
      )
      return { cert: readFileSync(file('cert'), 'utf8'), key: readFileSync(file('key'), 'utf8') }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}

/** Says how a server turns to TLS: before it says anything, when it is asked, or never. */
export type Turn = 'at once' | 'by STARTTLS' | 'never'

/** Starts a server that takes passwords and mail over whatever comes, and says how each came. */
export async function startSmtpServer(turn: Turn, certificate: Certificate) {
  const came: string[] = []
  const way = ({ secure }: { readonly secure: boolean }) => (secure ? 'over TLS' : 'in clear')
  const server = new SMTPServer({
    ...certificate,
    secure: turn === 'at once',
    // What is not offered is not known either.
    ...(turn === 'never' ? { disabledCommands: ['STARTTLS'] } : {}),
    allowInsecureAuth: true,
    logger: false,
    onAuth({ username, password }, session, done) {
      came.push(`${username}:${password} ${way(session)}`)
      done(null, { user: username ?? '' })
    },
    async onData(stream, session, done) {
      const mail = await text(stream)
      came.push(`mail to ${/^To: (.*)$/m.exec(mail)?.[1]?.trim()} ${way(session)}`)
      done()
    },
  })
  // A client that does not trust the certificate ends the handshake.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    /** Each password and each mail, and whether it came in clear. */
    came,
    stop: () => new Promise<void>((resolve) => server.close(resolve)),
  }
}
