import { describe, expect, it } from 'vitest'
import { percentile } from '../../lab/bench/harness/statistics'
import { readAnswer } from '../../lab/bench/load/answer'
import { createRenderer } from '../../lab/bench/load/render'

describe('the load generator of the benchmark', () => {
  it('reads an answer with a length, and none before it is whole', () => {
    const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
    expect(readAnswer(whole)).toMatchObject({ status: 200, body: 'hello' })
    for (let length = 0; length < whole.length; length++)
      expect(readAnswer(whole.slice(0, length))).toBeNull()
  })

  it('reads an answer in chunks, and none before it is whole', () => {
    const whole =
      'HTTP/1.1 401 Unauthorized\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n'
    expect(readAnswer(whole)).toMatchObject({ status: 401, body: 'abc0123456789' })
    for (let length = 0; length < whole.length; length++)
      expect(readAnswer(whole.slice(0, length))).toBeNull()
  })

  it('does not guess where an answer without a length ends', () => {
    expect(readAnswer('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ status: 204, body: '' })
    expect(() => readAnswer('HTTP/1.1 200 OK\r\n\r\nhello')).toThrow('without a length')
  })

  it('sends a number once and the token it is given, with the length they make', () => {
    const expected = { status: 200, text: '' }
    const render = createRenderer({
      method: 'POST',
      path: '/refresh',
      headers: {},
      body: '{"token":"{token}","n":{n}}',
      expect: expected,
    })
    const [first, second] = [render('a'), render('bc')]
    const [, n] = /"n":(\d+)/.exec(first) ?? []
    expect(first).toMatch(/Content-Length: 19\r\n\r\n\{"token":"a","n":\d\}$/)
    expect(second).toContain(`\r\n\r\n{"token":"bc","n":${Number(n) + 1}}`)
  })
})

it('a percentile is a number that was measured: the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([percentile(hundred, 50), percentile(hundred, 99), percentile(hundred, 100)]).toEqual([50, 99, 100])
  expect([percentile([7], 50), percentile([], 50)]).toEqual([7, Number.NaN])
})
