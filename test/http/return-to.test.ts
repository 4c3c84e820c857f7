import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  appHome,
  parseReturnTo,
  type ReturnSite,
  returnOrigins,
  safeReturnTo,
} from '../../src/http/return-to'

const ORIGIN = 'https://auth.example.com'
const FALLBACK = '/home'

/** A service with an app on an origin of its own, another listed with a port, and one that runs in a shell for phones. */
const SITE: ReturnSite = {
  origin: ORIGIN,
  basePath: '/auth',
  appUrl: 'https://app.example.com/start',
  allowedOrigins: ['https://shop.example.com:8443', 'http://localhost:5173', 'capacitor://localhost'],
}
const LISTED = ['https://app.example.com', ...SITE.allowedOrigins]

const safe = (target: string | undefined) => safeReturnTo(target, SITE, FALLBACK)

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
    ['a lone surrogate in a query', '/a?q=\udc00'],
    ['a fraction slash', '/\u2044evil.example'],
    ['a full-width backslash', '/\uff3cevil.example'],
    ['a full-width percent sign', '/\uff052fevil.example'],
    ['one-dot leaders', '/\u2024\u2024/evil.example'],
    ['a two-dot leader', '/\u2025/evil.example'],
    ['full-width dots', '/\uff0e\uff0e/evil.example'],
    ['a digit with a full stop', '/\u2488/evil.example'],
    ['a direction mark', '/account?q=\u202egpj.exe'],
    ['a no-break space', '/account?q=\u00a0'],
    ['an ideographic space', '/\u3000/evil.example'],
    ['a C1 control', '/account?q=\u0085'],
    ['a tag character', '/account?q=\u{e0041}'],
    ['a private character', '/\ue000'],
    ['an origin that is not listed', 'https://other.example.com/'],
    ['another scheme of a listed host', 'http://app.example.com/'],
    ['another port of a listed host', 'https://app.example.com:8443/'],
    ['the default port, written out', 'https://app.example.com:443/'],
    ['a listed host without its port', 'https://shop.example.com/'],
    ['a listed port with another digit', 'https://shop.example.com:84430/'],
    ['a listed host with an empty port', 'https://app.example.com:/'],
    ['a listed host in capitals', 'https://APP.example.com/'],
    ['a scheme in capitals', 'HTTPS://app.example.com/'],
    ['a trailing dot', 'https://app.example.com./'],
    ['two trailing dots', 'https://app.example.com../'],
    ['an encoded trailing dot', 'https://app.example.com%2e/'],
    ['a host that begins like a listed one', 'https://app.example.com.evil.example/'],
    ['a host that begins like a listed one, with a hyphen', 'https://app.example.com-evil.example/'],
    ['a host that ends like a listed one', 'https://evil-app.example.com/'],
    ['a host below a listed one', 'https://evil.app.example.com/'],
    ['a listed host as userinfo', 'https://app.example.com@evil.example/'],
    ['a listed host as userinfo, with a password', 'https://app.example.com:x@evil.example/'],
    ['a listed origin as userinfo of another', 'https://shop.example.com:8443@evil.example/'],
    ['userinfo before a listed host', 'https://eve@app.example.com/'],
    ['empty userinfo before a listed host', 'https://@app.example.com/'],
    ['an encoded at behind a listed host', 'https://app.example.com%40evil.example/'],
    ['an encoded slash behind a listed host', 'https://app.example.com%2f@evil.example/'],
    ['a backslash behind a listed host', 'https://app.example.com\\@evil.example/'],
    ['backslashes before a listed host', 'https:\\\\app.example.com/'],
    ['one slash before a listed host', 'https:/app.example.com/'],
    ['no slash before a listed host', 'https:app.example.com/'],
    ['three slashes before a listed host', 'https:///app.example.com/'],
    ['a protocol-relative URL of a listed host', '//app.example.com/'],
    ['a tab in the scheme', 'ht\ttps://app.example.com/'],
    ['a line feed in the host', 'https://app.example\n.com/'],
    ['a return behind the host', 'https://app.example.com\r/'],
    ['a leading space before a listed origin', ' https://app.example.com/'],
    ['a soft hyphen in a listed host', 'https://app\u00ad.example.com/'],
    ['a full-width letter in a listed host', 'https://\uff41pp.example.com/'],
    ['a Cyrillic letter in a listed host', 'https://\u0430pp.example.com/'],
    ['an ideographic full stop in a listed host', 'https://app\u3002example.com/'],
    ['a name in Punycode that looks like a listed one', 'https://xn--pp-7kc.example.com/'],
    ['two slashes in the path of a listed origin', 'https://app.example.com//evil.example'],
    ['a dot segment in the path of a listed origin', 'https://app.example.com/a/../../b'],
    ['an encoded slash in the path of a listed origin', 'https://app.example.com/%2fevil.example'],
    ['a backslash in the path of a listed origin', 'https://app.example.com/\\evil.example'],
    ['a line feed in the path of a listed origin', 'https://app.example.com/a\nSet-Cookie: a=b'],
    ['an app scheme that is not listed', 'ionic://localhost/'],
    ['a listed app scheme with another host', 'capacitor://evil.example/'],
    ['a listed app scheme with a longer host', 'capacitor://localhost.evil.example/'],
    ['a listed app scheme with a port', 'capacitor://localhost:80/'],
    ['a listed app scheme with userinfo', 'capacitor://localhost@evil.example/'],
    ['a listed app scheme without an authority', 'capacitor:localhost/'],
    ['the opaque origin', 'null'],
    ['the opaque origin with a path', 'null/account'],
    ['javascript with a listed host', 'javascript://app.example.com/%0aalert(1)'],
    ['javascript behind a control', '\u0001javascript:alert(1)'],
    ['vbscript', 'vbscript:msgbox(1)'],
    ['data in base64', 'data:text/html;base64,PHNjcmlwdD4='],
    ['blob of a listed origin', 'blob:https://app.example.com/x'],
    ['view-source of a listed origin', 'view-source:https://app.example.com/'],
    ['filesystem of a listed origin', 'filesystem:https://app.example.com/x'],
  ])('%s is refused', (_, target) => {
    expect(safe(target)).toBe(FALLBACK)
  })

  it.each([
    ['a query', '/orders?q=café', '/orders?q=caf%C3%A9'],
    ['a path', '/münchen/straße', '/m%C3%BCnchen/stra%C3%9Fe'],
    ['a fragment', '/a#übersicht', '/a#%C3%BCbersicht'],
    ['a combining mark', '/cafe\u0301', '/cafe%CC%81'],
    ['Han', '/注文?番号=一', '/%E6%B3%A8%E6%96%87?%E7%95%AA%E5%8F%B7=%E4%B8%80'],
    ['an emoji in a query', '/orders?q=🦉', '/orders?q=%F0%9F%A6%89'],
    ['what looks like a slash in a query, which ends no path', '/a?q=\uff0f', '/a?q=%EF%BC%8F'],
    ['what is encoded already', '/orders?q=caf%C3%A9', '/orders?q=caf%C3%A9'],
    ['a listed origin', 'https://app.example.com/café', 'https://app.example.com/caf%C3%A9'],
  ])('percent-encodes what is not ASCII, as a browser does: %s', (_, target, expected) => {
    expect(safe(target)).toBe(expected)
    expect(new URL(target, ORIGIN).href.endsWith(expected)).toBe(true)
  })

  it.each([
    ['the app', 'https://app.example.com/orders?id=7#pay', null],
    ['the app, without a path', 'https://app.example.com', 'https://app.example.com/'],
    ['the app, with a query alone', 'https://app.example.com?id=7', 'https://app.example.com/?id=7'],
    ['the app, with a fragment alone', 'https://app.example.com#pay', 'https://app.example.com/#pay'],
    ['an origin with a port', 'https://shop.example.com:8443/cart', null],
    ['this machine', 'http://localhost:5173/cart', null],
    ['an app in a shell for phones', 'capacitor://localhost/inbox?unread', null],
    ['such an app, without a path', 'capacitor://localhost', 'capacitor://localhost/'],
    ['this origin, as a path', 'https://auth.example.com/auth/account?a#b', '/auth/account?a#b'],
    ['this origin alone, as a path', 'https://auth.example.com', '/'],
  ])('INC-28: an absolute URL leads to %s', (_, target, expected) => {
    expect(safe(target)).toBe(expected ?? target)
  })

  it('INC-28: nobody is sent to an app that is not configured', () => {
    const site = { ...SITE, appUrl: null, allowedOrigins: [] }
    for (const origin of LISTED) expect(parseReturnTo(`${origin}/`, site)).toBeNull()
    expect([...returnOrigins(site)]).toEqual([ORIGIN])
    expect(returnOrigins(SITE)).toEqual([ORIGIN, ...LISTED])
    expect([appHome(site), appHome(SITE)]).toEqual(['/auth/', 'https://app.example.com/start'])
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
          fc.tuple(fc.constantFrom(...LISTED, ORIGIN), target).map((parts) => parts.join('')),
        ),
        (text) => {
          const answer = safe(text)
          const origin = LISTED.find((each) => answer.startsWith(`${each}/`)) ?? ''
          const rest = answer.slice(origin.length)
          const url = new URL(answer, ORIGIN)
          expect(url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin).toBe(origin || ORIGIN)
          const path = rest.replace(/[?#].*$/s, '')
          const decoded = path.replace(/%(2f|5c|2e)/gi, (code) => decodeURIComponent(code))
          for (const seen of [rest, decoded]) expect(seen).toMatch(/^\/(?![/\\])/)
          expect(answer).toMatch(/^[\x21-\x7e]+$/)
        },
      ),
      { numRuns: 5000 },
    )
  })
})
