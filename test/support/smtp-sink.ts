import { createServer, type Socket } from 'node:net'

/** An SMTP server on this machine that keeps what it takes. */
export interface SmtpSink {
  readonly port: number
  /** Lists the credentials of AUTH PLAIN: `\0user\0password`. */
  readonly signedIn: string[]
  /** Answers the next recipient with this line in place of `250 ok`. */
  refuseNext(line: string): void
  /** Waits for the nth message to an address, and returns it without its transfer encoding. */
  message(to: string, nth?: number): Promise<string>
  stop(): Promise<void>
}

/** Starts a server that speaks as much of RFC 5321 as a client needs that sends one message for each connection. */
export async function startSmtpSink(): Promise<SmtpSink> {
  const messages: { readonly to: string; readonly text: string }[] = []
  const signedIn: string[] = []
  const sockets = new Set<Socket>()
  let waiting: () => void = () => {}
  let refusal: string | null = null

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    socket.setEncoding('utf8').write('220 sink\r\n')
    let held = ''
    let to = ''
    let isData = false
    socket.on('data', (chunk: string) => {
      held += chunk
      for (;;) {
        const end = held.indexOf(isData ? '\r\n.\r\n' : '\r\n')
        if (end === -1) return
        const text = held.slice(0, end)
        held = held.slice(end + (isData ? 5 : 2))
        socket.write(`${isData ? keep(text) : answer(text)}\r\n`)
      }
    })
    function keep(text: string): string {
      isData = false
      messages.push({ to, text: decodeQuotedPrintable(text) })
      waiting()
      return '250 kept'
    }
    function answer(line: string): string {
      if (/^EHLO/i.test(line)) return '250-sink\r\n250 AUTH PLAIN'
      const [, credentials] = /^AUTH PLAIN (\S+)/i.exec(line) ?? []
      if (credentials !== undefined) {
        signedIn.push(Buffer.from(credentials, 'base64').toString())
        return '235 welcome'
      }
      const [, recipient] = /^RCPT TO:<([^>]*)>/i.exec(line) ?? []
      if (recipient !== undefined) {
        to = recipient
        const said = refusal ?? '250 ok'
        refusal = null
        return said
      }
      if (/^DATA/i.test(line)) {
        isData = true
        return '354 go on'
      }
      return /^QUIT/i.test(line) ? '221 bye' : '250 ok'
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    signedIn,
    refuseNext(line) {
      refusal = line
    },
    async message(to, nth = 1) {
      for (;;) {
        const found = messages.filter((message) => message.to === to)[nth - 1]
        if (found) return found.text
        await new Promise<void>((resolve) => {
          waiting = resolve
        })
      }
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
