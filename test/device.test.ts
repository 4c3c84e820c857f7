import { describe, expect, inject, it } from 'vitest'
import { describeDevice } from '../src/request-source/device'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const IPAD = 'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT}`
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const PIXEL = `Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT}`

describe('describeDevice', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox, Linux'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox, Windows'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0',
      'Firefox, macOS',
    ],
    ['Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0', 'Firefox, Android'],
    [`${IPHONE} FxiOS/133.0 Mobile/15E148 Safari/605.1.15`, 'Firefox, iPhone'],
    [`${WINDOWS} Chrome/131.0.0.0 Safari/537.36`, 'Chrome, Windows'],
    [`${MAC} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`, 'Chrome, macOS'],
    [`${PIXEL} Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome, Android'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`, 'Chrome, ChromeOS'],
    [`${IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`, 'Chrome, iPhone'],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Ubuntu Chromium/99.0 Chrome/99.0 Safari/537.36`,
      'Chrome, Linux',
    ],
    [`${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15`, 'Safari, macOS'],
    [`${IPHONE} Version/18.1 Mobile/15E148 Safari/604.1`, 'Safari, iPhone'],
    [`${IPAD} Version/16.6 Mobile/15E148 Safari/604.1`, 'Safari, iPad'],
    [`${WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'Edge, Windows'],
    [`${WINDOWS} Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763`, 'Edge, Windows'],
    [`${PIXEL} Chrome/131.0.0.0 Mobile Safari/537.36 EdgA/131.0.0.0`, 'Edge, Android'],
    [`${IPHONE} Version/18.0 EdgiOS/131.0.2903.68 Mobile/15E148 Safari/604.1`, 'Edge, iPhone'],
    [`${WINDOWS} Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0`, 'Opera, Windows'],
    ['Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18', 'Opera, Windows'],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S921B) ${WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet, Android',
    ],
    [`${PIXEL} Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36`, 'Chrome, Android'],
    ['curl/8.5.0', 'curl'],
    ['MyApp/3.1 (iPhone; iOS 18.1; Scale/3.00)', 'iPhone'],
    ['Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A)', 'Android'],
  ])('%s', (userAgent, device) => {
    expect(describeDevice(userAgent)).toBe(device)
  })

  it.each([
    null,
    '',
    ' ',
    'node',
    'undici',
    'Go-http-client/2.0',
    'python-requests/2.32',
    'Mozilla/5.0',
    'okhttp/4.12',
  ])('knows nothing of %j', (userAgent) => {
    expect(describeDevice(userAgent)).toBeNull()
  })

  const WORDS =
    /^(Edge|Opera|Samsung Internet|Firefox|Chrome|Safari|curl|iPhone|iPad|Android|ChromeOS|Windows|macOS|Linux|, )+$/

  it('EML-04: says only words of its own, whatever a client wrote: it stands in a mail to somebody else', () => {
    const hostile = [
      'Firefox/1 <a href="https://evil.example">Your account was hacked: call 0800</a>',
      'curl/8 https://evil.example/ Linux',
      'Windows\r\nBcc: v@example.com Chrome/1',
      'Chrome/{{7*7}} $& Android',
      'Version/1 Safari/ evil.example iPhone',
    ]
    const naughty = inject('naughtyStrings').flatMap((text) => [text, `Firefox/1 ${text} Linux`])
    for (const userAgent of [...hostile, ...naughty]) {
      expect(describeDevice(userAgent) ?? 'Linux', userAgent).toMatch(WORDS)
    }
  })

  // Not timed: the clock of a Worker stands still meanwhile, and another machine is slower. A search that doubles with each letter never ends.
  it('ends with what is made to be slow, as long as a name of a browser may be', () => {
    for (const part of ['Version/', 'Version/1 ', 'Edg', 'Mac OS X', 'Version/x Safari ']) {
      expect(describeDevice(part.repeat(10_000).slice(0, 256)) ?? 'Linux', part).toMatch(WORDS)
    }
  })
})
