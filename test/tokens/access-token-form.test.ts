import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Attack,
  createForge,
  encodePart,
  type Forge,
  type Json,
  refuses,
  signParts,
} from '../support/forge'
import { type Answer, expectProblem, send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Returns every other spelling of the last character of a part that decodes to the same bytes. */
function otherEndings(part: string): readonly string[] {
  const unusedBits = { 2: 4, 3: 2 }[part.length % 4] ?? 0
  const last = ALPHABET.indexOf(part.slice(-1))
  const alternatives = []
  for (let other = 1; other < 1 << unusedBits; other++) {
    alternatives.push(part.slice(0, -1) + ALPHABET[last ^ other])
  }
  return alternatives
}

function getMe(token: string): Promise<Answer> {
  return send(deployed, 'GET', '/me', { headers: { Authorization: `Bearer ${token}` } })
}

/** Returns the service's own signature over parts that are already encoded. */
async function signEncoded(header: string, claims: string): Promise<string> {
  const { key } = await ownService().services.signingKeys.signer()
  return signParts(key, header, claims)
}

describe('TOK-05: one spelling of a token', () => {
  const inserted = {
    'a space': ' ',
    '=': '=',
    '==': '==',
    '+': '+',
    '/': '/',
    '.': '.',
    '%20': '%20',
    '?': '?',
  }
  const places = {
    'in the header': /^.{9}/,
    'after the header': /^[^.]+/,
    'before the claims': /^[^.]+\./,
    'in the claims': /^[^.]+\..{9}/,
    'after the claims': /^[^.]+\.[^.]+/,
    'before the signature': /^[^.]+\.[^.]+\./,
    'in the signature': /^[^.]+\.[^.]+\..{9}/,
  }
  refuses(
    Object.fromEntries(
      Object.entries(inserted).flatMap(([name, text]) =>
        Object.entries(places).map(([place, until]): [string, Attack] => [
          `${name} ${place}`,
          ({ token }) => token.replace(until, (before) => before + text),
        ]),
      ),
    ),
  )

  refuses({
    // At the ends white space belongs to the header field (RFC 9110 §5.5), so none is tried there.
    '= at the end': ({ token }) => `${token}=`,
    '== at the end': ({ token }) => `${token}==`,
    'a dot at the end': ({ token }) => `${token}.`,
    'a dot at the beginning': ({ token }) => `.${token}`,
    'a fourth part': ({ token }) => `${token}.AAAA`,
    'standard base64': ({ token }) => token.replaceAll('-', '+').replaceAll('_', '/').replace(/$/, '+'),
    'quotes around it': ({ token }) => `"${token}"`,
    'two tokens': ({ token }) => `${token}${token}`,
  })

  it('refuses white space, controls and look-alikes that no header could bring', async () => {
    const { token } = await createForge(await signedInPerson({ mode: 'token' }))
    const { accessTokens } = ownService().services
    expect(await accessTokens.check(token)).toMatchObject({ ok: true })
    for (const odd of [
      ' ',
      '\n',
      '\r\n',
      '\t',
      '\v',
      '\0',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '\u200b',
      '．',
      'ａ',
      '\ud800',
    ]) {
      for (const spelled of [
        token + odd,
        odd + token,
        token.replace('.', odd),
        token.replace('.', `${odd}.`),
      ]) {
        expect(await accessTokens.check(spelled), JSON.stringify(odd)).toEqual({
          ok: false,
          refusal: 'invalid',
        })
      }
    }
  })

  it('refuses every other ending of the signature', async () => {
    const { token } = await createForge(await signedInPerson({ mode: 'token' }))
    const twins = otherEndings(token.slice(token.lastIndexOf('.') + 1))
    expect(twins).toHaveLength(15)
    for (const twin of twins) {
      expectProblem(await getMe(token.replace(/[^.]+$/, twin)), 401, 'invalid-token')
    }
    expect((await getMe(token)).status).toBe(200)
  })

  it('refuses every other ending of the header and of the claims, signed as they are spelled', async () => {
    const forge = await createForge(await signedInPerson({ mode: 'token' }))
    const header = encodePart(forge.header)
    const headers = otherEndings(header).map((twin) => [twin, encodePart(forge.claims)] as const)
    // One of three lengths leaves no bits unused.
    const claims = ['a', 'ab', 'abc'].map((jti) => encodePart({ ...forge.claims, jti }))
    for (const each of claims) expect((await getMe(await signEncoded(header, each))).status).toBe(200)

    const twins = [
      ...headers,
      ...claims.flatMap((each) => otherEndings(each).map((twin) => [header, twin] as const)),
    ]
    expect(twins).toHaveLength(15 + 15 + 3)
    for (const parts of twins) expectProblem(await getMe(await signEncoded(...parts)), 401, 'invalid-token')
  })
})

describe('TOK-05: one form of a token', () => {
  const jwe = (header: object) =>
    `${encodePart(header as Json)}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const utf16 = (text: string) => new Uint8Array(Uint16Array.from(text, (unit) => unit.charCodeAt(0)).buffer)
  const flattened = ({ token }: Forge) => {
    const [header, payload, signature] = token.split('.')
    return { protected: header, payload, signature }
  }

  refuses({
    'JWE, direct key': () => jwe({ alg: 'dir', enc: 'A256GCM', typ: 'at+jwt' }),
    'JWE, password of two thousand million rounds': () =>
      jwe({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 - 1, p2s: 'AAAA' }),
    'JWE, zip': () => jwe({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }),
    'PBES2 in three parts': (forge) =>
      forge.signHeader({ alg: 'PBES2-HS256+A128KW', p2c: 2 ** 31 - 1, p2s: 'AAAA' }),
    'a token in a token': (forge) => forge.sign({ ...forge.header, cty: 'JWT' }, forge.token),
    'JSON serialisation': ({ token, ...forge }) => {
      const { payload, ...signature } = flattened({ token, ...forge })
      return JSON.stringify({ payload, signatures: [signature] })
    },
    'flattened JSON serialisation': (forge) => JSON.stringify(flattened(forge)),
    'flattened JSON serialisation, as base64url': (forge) => encodePart(flattened(forge)),
    'header empty': async ({ token }) => token.replace(/^[^.]+/, ''),
    'claims empty': async (forge) => forge.sign(forge.header, ''),
    'all parts empty': () => '..',
    'no dots': ({ token }) => token.replaceAll('.', ''),
    'not JSON': (forge) => forge.sign('header', 'claims'),
    'claims a list': (forge) => forge.sign(forge.header, JSON.stringify([forge.claims])),
    'claims a text': (forge) => forge.sign(forge.header, '"claims"'),
    'claims null': (forge) => forge.sign(forge.header, 'null'),
    'claims not UTF-8': async ({ header }) =>
      signEncoded(encodePart(header), encodePart(Uint8Array.of(0xff, 0xfe))),
    'header in UTF-16': async ({ header, claims }) =>
      signEncoded(encodePart(utf16(JSON.stringify(header))), encodePart(claims)),
    'header after a byte order mark': (forge) =>
      forge.sign(`\ufeff${JSON.stringify(forge.header)}`, forge.claims),
    'header with white space': (forge) => forge.sign(JSON.stringify(forge.header, null, 1), forge.claims),
    'header with a lone surrogate': (forge) => forge.signHeader({ x: '\ud800' }),
    'header nested 1,000 deep': (forge) =>
      forge.sign(JSON.stringify(forge.header).replace('{', `{"x":${nested(1000)},`), forge.claims),
    'claims nested 1,000 deep': (forge) =>
      forge.sign(forge.header, JSON.stringify(forge.claims).replace('{', `{"x":${nested(1000)},`)),
    'header nested 10,000 deep': (forge) => forge.sign(nested(10_000), forge.claims),
    'claims nested 10,000 deep': (forge) => forge.sign(forge.header, nested(10_000)),
    'claims of one MiB': (forge) => forge.signClaims({ jti: 'A'.repeat(2 ** 20) }),
    'claims of 4 KiB': (forge) => forge.signClaims({ jti: 'A'.repeat(4096) }),
  })

  const algTwice = (forge: Forge, first: string, last: string) =>
    forge.sign(
      JSON.stringify(forge.header).replace('"alg":"ES256"', `"alg":"${first}","alg":"${last}"`),
      forge.claims,
    )
  refuses({
    'INC-8: crit, unknown': (forge) => forge.signHeader({ crit: ['x'], x: true }),
    'INC-8: crit, known and absent': (forge) => forge.signHeader({ crit: ['exp'] }),
    'INC-8: crit, known and present': (forge) => forge.signHeader({ crit: ['exp'], exp: forge.claims.exp }),
    'INC-8: crit, a registered member': (forge) => forge.signHeader({ crit: ['alg'] }),
    'INC-8: crit, empty': (forge) => forge.signHeader({ crit: [] }),
    'INC-8: crit, a text': (forge) => forge.signHeader({ crit: 'x' }),
    'INC-8: crit, null': (forge) => forge.signHeader({ crit: null }),
    'INC-8: b64 false': (forge) => forge.signHeader({ b64: false }),
    'INC-8: b64 false, critical': (forge) => forge.signHeader({ b64: false, crit: ['b64'] }),
    'INC-8: b64 true, critical': (forge) => forge.signHeader({ b64: true, crit: ['b64'] }),
    zip: (forge) => forge.signHeader({ zip: 'DEF' }),
    'alg twice, ours last': (forge) => algTwice(forge, 'none', 'ES256'),
    'alg twice, ours first': (forge) => algTwice(forge, 'ES256', 'none'),
    'alg twice, both ours': (forge) => algTwice(forge, 'ES256', 'ES256'),
    'a header name written with an escape': (forge) =>
      forge.sign(JSON.stringify(forge.header).replace('"alg"', '"\\u0061lg"'), forge.claims),
    'a header member __proto__': (forge) =>
      forge.sign(JSON.stringify(forge.header).replace('{', '{"__proto__":{"alg":"none"},'), forge.claims),
    'a header in another order': ({ sign, header: { kid, typ, alg }, claims }) =>
      sign({ kid, typ, alg }, claims),
    'a header member nobody knows': (forge) => forge.signHeader({ x: 1 }),
  })
})

describe('INC-25, INC-17: nothing near a token is a token', () => {
  it('refuses every prefix and every suffix', async () => {
    const { token } = await createForge(await signedInPerson({ mode: 'token' }))
    const { accessTokens } = ownService().services
    for (let length = 0; length < token.length; length++) {
      for (const part of [token.slice(0, length), token.slice(token.length - length)]) {
        expect(await accessTokens.check(part)).toEqual({ ok: false, refusal: 'invalid' })
      }
    }
    for (let cut = 1; cut < 90; cut++) expectProblem(await getMe(token.slice(0, -cut)), 401, 'invalid-token')
  })

  it('refuses every case flip and every other changed character', async () => {
    const { token } = await createForge(await signedInPerson({ mode: 'token' }))
    const { accessTokens } = ownService().services
    for (const [at, character] of [...token].entries()) {
      const swapped =
        character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase()
      const next = ALPHABET[(ALPHABET.indexOf(character) + 1) % 64]
      for (const other of new Set([swapped, next, '.'])) {
        if (other === character) continue
        const changed = `${token.slice(0, at)}${other}${token.slice(at + 1)}`
        expect(await accessTokens.check(changed), `at ${at}`).toEqual({ ok: false, refusal: 'invalid' })
      }
    }
    expectProblem(await getMe(token.toUpperCase()), 401, 'invalid-token')
    expectProblem(await getMe(token.toLowerCase()), 401, 'invalid-token')
  })

  it('refuses every changed character of a session cookie', async () => {
    const ada = await signedInPerson({ mode: 'session' })
    const value = ada.answer.cookies['__Host-session'] ?? ''
    for (const [at, character] of [...value].entries()) {
      const other = character === '.' ? 'A' : ALPHABET[(ALPHABET.indexOf(character) + 1) % 64]
      const Cookie = `__Host-session=${value.slice(0, at)}${other}${value.slice(at + 1)}`
      expectProblem(await send(deployed, 'GET', '/me', { headers: { Cookie } }), 401, 'session-ended')
    }
    expect((await ada.get('/me')).status).toBe(200)
  })

  it('refuses whatever else a client may send, and never fails', async () => {
    const { accessTokens } = ownService().services
    const base64url = fc.stringMatching(/^[\w-]{0,40}$/)
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(base64url, { maxLength: 6 }).map((parts) => parts.join('.')),
    )
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        expect(await accessTokens.check(token)).toEqual({ ok: false, refusal: 'invalid' })
      }),
      { numRuns: 500 },
    )
  })
})
