import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeReturnTo } from '../../src/http/return-to'

const ORIGIN = 'https://auth.example.com'
const FALLBACK = '/home'

const safe = (target: string | undefined) => safeReturnTo(target, ORIGIN, FALLBACK)

describe('HTM-05, INC-28: where a form may send its user', () => {
  it.each([
    ['/'],
    ['/account'],
    ['/account/'],
    ['/a-b_c.d~e'],
    ['/account?tab=sessions&page=2'],
    ['/account#end'],
    ['/search?q=a//b'],
    ['/search?next=https://example.com/'],
    ['/search?q=..'],
    ['/path.with.dots/v1.2'],
    ['/caf%C3%A9'],
    ['/a@b'],
    ['/a:b'],
  ])('%s is a path of this origin', (target) => {
    expect(safe(target)).toBe(target)
  })

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['an absolute URL', 'https://evil.example'],
    ['an absolute URL of this origin', 'https://auth.example.com/account'],
    ['capitals', 'HTTPS://EVIL.EXAMPLE'],
    ['no authority', 'https:evil.example'],
    ['one slash', 'https:/evil.example'],
    ['three slashes', 'https:///evil.example'],
    ['protocol-relative', '//evil.example'],
    ['protocol-relative, three slashes', '///evil.example'],
    ['four slashes', '////evil.example'],
    ['protocol-relative to here', '//auth.example.com/account'],
    ['slash backslash', '/\\evil.example'],
    ['backslash slash', '\\/evil.example'],
    ['two backslashes', '\\\\evil.example'],
    ['a backslash later', '/a\\..\\..\\evil.example'],
    ['slash, tab, slash', '/\t/evil.example'],
    ['slash, line feed, slash', '/\n/evil.example'],
    ['slash, return, slash', '/\r/evil.example'],
    ['slash, NUL, slash', '/\0/evil.example'],
    ['a leading tab', '\t//evil.example'],
    ['a leading space', ' //evil.example'],
    ['a leading space before a path', ' /account'],
    ['a leading control', '\u0001//evil.example'],
    ['a header', '/account\r\nSet-Cookie: a=b'],
    ['an encoded slash', '/%2fevil.example'],
    ['two encoded slashes', '/%2F%2Fevil.example'],
    ['an encoded backslash', '/%5cevil.example'],
    ['an encoded slash first', '%2f%2fevil.example'],
    ['userinfo', '//auth.example.com@evil.example'],
    ['userinfo with a scheme', 'https://auth.example.com@evil.example'],
    ['an at', '@evil.example'],
    ['a host that begins like ours', 'https://auth.example.com.evil.example'],
    ['dot segments', '/../evil.example'],
    ['dot segments and two slashes', '/..//evil.example'],
    ['a dot segment and two slashes', '/.//evil.example'],
    ['dot segments later', '/a/../../evil.example'],
    ['a dot segment at the end', '/a/..'],
    ['a dot segment before a query', '/a/..?x'],
    ['a dot segment with a parameter', '/..;/evil.example'],
    ['encoded dots', '/%2e%2e/evil.example'],
    ['half-encoded dots', '/.%2e/evil.example'],
    ['an encoded dot and two slashes', '/%2e//evil.example'],
    ['two slashes later', '/a//evil.example'],
    ['javascript', 'javascript:alert(1)'],
    ['javascript with a comment', 'javascript://auth.example.com/%0aalert(1)'],
    ['javascript in mixed case with a tab', 'java\tscript:alert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['blob', 'blob:https://auth.example.com/x'],
    ['file', 'file:///etc/passwd'],
    ['mailto', 'mailto:eve@evil.example'],
    ['an IP literal', '//192.0.2.1'],
    ['an IP as a number', '//3221225985'],
    ['an IPv6 literal', '//[2001:db8::1]'],
    ['an IDN', '//bücher.example'],
    ['a full-width slash', '/\uff0fevil.example'],
    ['a full-width solidus pair', '\uff0f\uff0fevil.example'],
    ['an ideographic full stop', '//evil\u3002example'],
    ['a division slash', '/\u2215evil.example'],
    ['a zero-width space', '/\u200b/evil.example'],
    ['a byte order mark', '\ufeff//evil.example'],
    ['a line separator', '/\u2028/evil.example'],
    ['a relative path', 'account'],
    ['a dot path', './account'],
    ['a query alone', '?next=//evil.example'],
    ['a fragment alone', '#//evil.example'],
    ['a lone surrogate', '/\ud800'],
  ])('%s is refused', (_, target) => {
    expect(safe(target)).toBe(FALLBACK)
  })

  it('whatever is asked, a browser and a proxy that decodes stay on the origin', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '\\',
        '.',
        '..',
        ';',
        '@',
        ':',
        '?',
        '#',
        '%2f',
        '%5C',
        '%2e',
        '%',
        '\t',
        '\n',
      ),
      fc.constantFrom('https:', 'javascript:', 'evil.example', 'auth.example.com', '\uff0f', '\0', ' '),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    const target = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        fc.oneof(
          target,
          target.map((rest) => `/${rest}`),
        ),
        (text) => {
          const answer = safe(text)
          expect(new URL(answer, ORIGIN).origin).toBe(ORIGIN)
          const path = answer.replace(/[?#].*$/s, '')
          const decoded = path.replace(/%(2f|5c|2e)/gi, (code) => decodeURIComponent(code))
          for (const seen of [answer, decoded]) expect(seen).toMatch(/^\/(?![/\\])/)
          expect(answer).toMatch(/^[\x21-\x7e]+$/)
        },
      ),
      { numRuns: 5000 },
    )
  })
})
