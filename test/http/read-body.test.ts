import { expect, it } from 'vitest'
import { readBody } from '../../src/http/read-body'

const MAX = 8

function pieces(count: number): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      if (sent === count) controller.close()
      else controller.enqueue(new Uint8Array([sent]))
      sent += 1
    },
  })
}

function request(body: BodyInit | null, headers: Readonly<Record<string, string>>): Request {
  return new Request('https://app.example/', { method: 'POST', body, headers })
}

const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'Content-Length': '1' },
  { 'Content-Length': '9' },
  { 'Content-Length': '-1' },
  { 'Content-Length': '' },
  { 'Content-Length': 'x' },
  { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' },
]

it.each(HEADERS)('API-03: a body is as long as it is, whatever its headers say: %j', async (headers) => {
  expect(await readBody(request(null, headers), MAX)).toEqual(new Uint8Array())
  expect(await readBody(request(pieces(MAX), headers), MAX)).toEqual(new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]))
  expect(await readBody(request(pieces(MAX + 1), headers), MAX)).toBeNull()
})

it.each(HEADERS.filter((headers) => headers['Content-Length'] !== '1' || 'Transfer-Encoding' in headers))(
  'API-03: a body without an end is read no further than it may go: %j',
  async (headers) => {
    expect(await readBody(request(pieces(Number.POSITIVE_INFINITY), headers), MAX)).toBeNull()
  },
)

it.each<[string, (request: Request) => unknown]>([
  ['has read', (given) => given.text()],
  ['is reading', (given) => void given.body?.getReader()],
])('a body that somebody %s is refused as such', async (_, take) => {
  for (const headers of HEADERS) {
    const given = request(pieces(3), headers)
    await take(given)
    await expect(readBody(given, MAX)).rejects.toMatchObject({ code: 'invalid-input' })
  }
})
