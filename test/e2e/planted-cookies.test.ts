import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { describe, expect } from 'vitest'
import { codePoint, TRIMMED_BY_STRINGS_ALONE } from '../support/look-alikes.ts'
import { SIBLING_DOMAIN } from './chromium.ts'
import { newPerson, register } from './person.ts'
import { cookieNameAt, foreignPage, it } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** Sends a GET or an empty POST whose `Cookie` header is these bytes, and gives the status and what is said of it. */
function sendRaw(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  cookie: Buffer,
): Promise<[number, string]> {
  const { hostname, port, host } = new URL(url)
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    // As the edge would: a client makes few attempts a minute.
    `CF-Connecting-IP: ${[10, ...randomBytes(3)].join('.')}`,
    ...(method === 'POST' ? ['Content-Type: application/json', 'Content-Length: 2'] : []),
    'Cookie: ',
  ].join('\r\n')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
      .on('error', reject)
      .on('data', (chunk) => chunks.push(chunk))
      .on('close', () => {
        const answer = Buffer.concat(chunks).toString()
        const [, status = ''] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? []
        const [, code = ''] = /"code":"([\w-]+)"/.exec(answer) ?? []
        resolve([Number(status), code])
      })
    socket.end(
      Buffer.concat([Buffer.from(head), cookie, Buffer.from(`\r\n\r\n${method === 'POST' ? '{}' : ''}`)]),
    )
  })
}

/** Returns the ways in which the bytes of a character can arrive: as UTF-8, and as one byte where it has one. */
function spellings(character: string): readonly Buffer[] {
  const utf8 = Buffer.from(character)
  return character < '\u0100' && utf8.length > 1 ? [utf8, Buffer.from(character, 'latin1')] : [utf8]
}

async function cookieOf(visitor: Visitor, name: string): Promise<string> {
  const cookie = (await visitor.context.cookies()).find((kept) => kept.name === name)
  if (!cookie) throw new Error(`There is no cookie ${name}`)
  return cookie.value
}

describe('SES-02: a cookie whose name only looks like ours', () => {
  it('is none, over a socket, whichever character stands around the name', async ({ visit }) => {
    const [ada, eve] = [await visit(), await visit()]
    await register(ada, newPerson('Ada Lovelace'))
    await register(eve, newPerson('Eve'))
    const name = cookieNameAt(ada.url)
    const own = Buffer.from(`${name}=${await cookieOf(ada, name)}`)
    const planted = `${name}=${await cookieOf(eve, name)}`
    expect(await sendRaw(ada.url, 'GET', '/me', own)).toEqual([200, ''])

    for (const character of TRIMMED_BY_STRINGS_ALONE) {
      for (const x of spellings(character)) {
        const alike = Buffer.concat([x, Buffer.from(planted)])
        const and = Buffer.from('; ')
        const asked = (...parts: Buffer[]) => sendRaw(ada.url, 'GET', '/me', Buffer.concat(parts))
        const what = `${codePoint(character)} as ${x.toString('hex')}`
        // Alone it signs nobody in, and beside the real one it is no sign-out.
        expect(await asked(Buffer.from('a=b; '), alike), what).toEqual([401, 'authentication-required'])
        expect(await asked(alike, and, own), what).toEqual([200, ''])
        expect(await asked(own, and, alike), what).toEqual([200, ''])
        const refresh = Buffer.concat([
          Buffer.from('a=b; '),
          x,
          Buffer.from(`${cookieNameAt(ada.url, 'refresh')}=x`),
        ])
        const refused = await sendRaw(ada.url, 'POST', '/refresh', refresh)
        expect(refused, what).toEqual([401, 'authentication-required'])
      }
    }
  })

  it('is none in Chromium, when a sibling host has planted it', async ({ visit }) => {
    const eve = await visit()
    await register(eve, newPerson('Eve'))
    const planted = await cookieOf(eve, cookieNameAt(eve.url))

    const page = foreignPage('', `evil.${SIBLING_DOMAIN}`)
    const janus = new URL(eve.url)
    janus.hostname = `auth.${SIBLING_DOMAIN}`
    const visitor = await visit({ abroad: [new URL(page).origin, janus.origin] })
    // The browser keeps what only looks like ours, and sends it to Janus; the real name it refuses.
    for (const [name, kept] of [
      [`\u2000${cookieNameAt(eve.url)}`, true],
      [`\u00a0${cookieNameAt(eve.url)}`, true],
      [cookieNameAt(eve.url), false],
    ] as const) {
      await visitor.context.clearCookies()
      await visitor.go(page)
      const cookie = `${name}=${planted}; Domain=${SIBLING_DOMAIN}; Path=/`
      await visitor.page.evaluate(`document.cookie = ${JSON.stringify(cookie)}`)
      const sent = await visitor.context.cookies(janus.href)
      expect(sent.map((its) => [its.name, its.value])).toEqual(kept ? [[name, planted]] : [])
      await visitor.go(janus.href)
      expect(await visitor.heading()).toBe("You're not signed in.")
    }
    // Said of every page that comes over HTTP from elsewhere than this machine's own names.
    const said = visitor.faults.splice(0)
    expect(said).toEqual(said.map(() => expect.stringContaining('Cross-Origin-Opener-Policy')))
  })
})
