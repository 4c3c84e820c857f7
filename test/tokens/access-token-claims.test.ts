import { describe, expect, it } from 'vitest'
import {
  type Attack,
  createForge,
  decodePart,
  expectOpensNothing,
  type Forge,
  type Json,
  refuses,
} from '../support/forge'
import { send, signedInPerson } from '../support/person'
import { deployed, ownService } from '../support/service'

const now = () => Math.floor(Date.now() / 1000)
const YEAR_SECONDS = 365 * 24 * 60 * 60

const TEXTS = ['iss', 'aud', 'sub', 'client_id', 'jti', 'sid']
const INSTANTS = ['iat', 'exp', 'auth_time']
const LISTS = ['roles', 'amr']
const CLAIMS = [...TEXTS, ...INSTANTS, ...LISTS]

describe('INC-7: each claim is there and of its type', () => {
  refuses(
    Object.fromEntries(
      CLAIMS.flatMap((claim): [string, Attack][] => {
        const wrong: [string, unknown][] = [
          ['dropped', undefined],
          ['null', null],
          ['true', true],
          ['an object', {}],
          ['a list of numbers', [1]],
          ...(TEXTS.includes(claim) ? [] : ([['a text', '1']] as const)),
          ...(INSTANTS.includes(claim) ? [] : ([['a number', 1]] as const)),
          ...(LISTS.includes(claim) ? [] : ([['an empty list', []]] as const)),
        ].map(([name, value]) => [String(name), value])
        return [
          ...wrong.map(([name, value]): [string, Attack] => [
            `${claim} ${name}`,
            ({ signClaims }) => signClaims({ [claim]: value }),
          ]),
          [`${claim} in a list`, ({ signClaims, claims }) => signClaims({ [claim]: [claims[claim]] })],
        ]
      }),
    ),
  )

  refuses({
    'iss a URL with the same start': ({ signClaims, claims }) =>
      signClaims({ iss: `${claims.iss}.evil.example` }),
    'a claim nobody knows': ({ signClaims }) => signClaims({ scope: 'admin' }),
    'a claim with the name of an object method': ({ signClaims }) => signClaims({ toString: 'x' }),
    'a claim __proto__': ({ sign, header, claims }) =>
      sign(header, JSON.stringify(claims).replace('{', '{"__proto__":{"roles":["admin"]},')),
    'exp a year ahead': ({ signClaims }) => signClaims({ exp: now() + YEAR_SECONDS }),
    'auth_time a year ahead': ({ signClaims }) => signClaims({ auth_time: now() + YEAR_SECONDS }),
    'iat a year ahead': ({ signClaims }) => signClaims({ iat: now() + YEAR_SECONDS }),
  })

  it('takes the last of two claims of one name, as RFC 7519 §4 allows', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const { sign, header, claims } = await createForge(person)
    const past = now() - 10
    const last = await sign(header, JSON.stringify(claims).replace(/}$/, `,"exp":${past}}`))
    await expectOpensNothing(last, { person, code: 'token-expired' })
  })
})

describe('TOK-06: only an access token opens the API', () => {
  const types = [
    undefined,
    null,
    '',
    'JWT',
    'jwt',
    'at+JWT',
    'AT+JWT',
    'application/at+jwt',
    'at+jwt ',
    'at',
    'id+jwt',
  ]
  const more = [
    'dpop+jwt',
    'logout+jwt',
    'rt+jwt',
    'secevent+jwt',
    'oauth-authz-req+jwt',
    'JOSE',
    ['at+jwt'],
    1,
    {},
  ]
  refuses(
    Object.fromEntries(
      [...types, ...more].map((typ): [string, Attack] => [
        `typ ${JSON.stringify(typ)}`,
        ({ signHeader }) => signHeader({ typ }),
      ]),
    ),
  )

  it.each(['session', 'token'] as const)(
    'refuses the other credentials of %s mode as bearer',
    async (mode) => {
      const person = await signedInPerson({ mode })
      const { cookies, body } = person.answer
      const others = mode === 'session' ? [cookies['__Host-session']] : [body.refresh_token]
      for (const other of [...others, person.sessionId, person.userId, person.password.replaceAll(' ', '')]) {
        await expectOpensNothing(String(other), { person })
      }
    },
  )
})

describe('TOK-07: issuer and audience are exactly ours', () => {
  const issuer = deployed.issuer
  const spellings = {
    'another host': 'https://evil.example.com',
    'a slash more': `${issuer}/`,
    'a path more': `${issuer}/auth`,
    'a letter less': issuer.slice(0, -1),
    'a letter more': `${issuer}m`,
    'upper case': issuer.toUpperCase(),
    'an upper-case host': issuer.replace('auth', 'Auth'),
    http: issuer.replace('https', 'http'),
    'a port': `${issuer}:443`,
    'white space': ` ${issuer}`,
    empty: '',
    'a pattern': '*',
  }
  refuses(
    Object.fromEntries(
      Object.entries(spellings).flatMap(([name, value]): [string, Attack][] => [
        [`iss: ${name}`, ({ signClaims }) => signClaims({ iss: value })],
        [`aud: ${name}`, ({ signClaims }) => signClaims({ aud: value })],
      ]),
    ),
  )
  refuses({
    'aud: ours and another': ({ signClaims }) => signClaims({ aud: [issuer, 'https://api.example.com'] }),
    'aud: another and ours': ({ signClaims }) => signClaims({ aud: ['https://api.example.com', issuer] }),
    'aud: ours in a list': ({ signClaims }) => signClaims({ aud: [issuer] }),
    'aud: ours and a comma': ({ signClaims }) => signClaims({ aud: `${issuer},https://api.example.com` }),
    'client_id of another client': ({ signClaims }) => signClaims({ client_id: 'someone-else' }),
  })

  it.each([{ ISSUER: 'https://auth.example.com/tenant' }, { ISSUER: 'https://auth.example.org' }])(
    'refuses, under one key, a token of a service with %o, which refuses ours',
    async (settings) => {
      const other = ownService(settings)
      const theirs = await signedInPerson({ mode: 'token', service: other })
      const ours = await signedInPerson({ mode: 'token' })
      expect((await theirs.get('/me')).status).toBe(200)
      await expectOpensNothing(theirs.answer.body.access_token, { person: ours })
      const refused = await send(other, 'GET', '/me', { headers: ours.headers })
      expect(refused).toMatchObject({ status: 401, body: { code: 'invalid-token' } })
    },
  )
})

describe('TOK-08: a token has its time', () => {
  const instants: Record<string, unknown> = {
    'as text': String(now() + 600),
    'as a date': '2999-01-01T00:00:00Z',
    'as a text of 1e308': '1e308',
    'with a fraction': now() + 600.5,
    'in milliseconds': (now() + 600) * 1000,
    'beyond whole numbers': 2 ** 53,
    true: true,
  }
  refuses(
    Object.fromEntries(
      INSTANTS.flatMap((claim): [string, Attack][] => [
        ...Object.entries(instants).map(([name, value]): [string, Attack] => [
          `${claim} ${name}`,
          ({ signClaims }) => signClaims({ [claim]: value }),
        ]),
        [`${claim} 1e308`, (forge) => signRaw(forge, claim, '1e308')],
        [`${claim} 1e999, which is read as infinity`, (forge) => signRaw(forge, claim, '1e999')],
      ]),
    ),
  )
  refuses({
    'nbf to come': ({ signClaims }) => signClaims({ nbf: now() + 600 }),
    'nbf as text': ({ signClaims }) => signClaims({ nbf: '0' }),
    'iat negative': ({ signClaims }) => signClaims({ iat: -1 }),
    'auth_time negative': ({ signClaims }) => signClaims({ auth_time: -1 }),
    'iat more than a minute ahead': ({ signClaims }) => signClaims({ iat: now() + 120, exp: now() + 600 }),
  })
  refuses(
    {
      'a second over': ({ signClaims }) => signClaims({ exp: now() - 1 }),
      'a year over': ({ signClaims }) =>
        signClaims({ iat: now() - YEAR_SECONDS, exp: now() - YEAR_SECONDS + 900 }),
      'exp zero': ({ signClaims }) => signClaims({ exp: 0 }),
      'exp negative': ({ signClaims }) => signClaims({ exp: -1 }),
    },
    { code: 'token-expired' },
  )

  it('says of an expired token of another service that it is invalid, not expired', async () => {
    const person = await signedInPerson({ mode: 'token' })
    const { signClaims } = await createForge(person)
    const token = await signClaims({ exp: now() - 1, iss: 'https://evil.example.com' })
    await expectOpensNothing(token, { person })
  })
})

function signRaw({ sign, header, claims }: Forge, claim: string, json: string): Promise<string> {
  return sign(header, JSON.stringify(claims).replace(new RegExp(`"${claim}":\\d+`), `"${claim}":${json}`))
}

describe('TOK-09: what a token says (RFC 9068 §2.2)', () => {
  it('holds these claims and no personal data', async () => {
    const service = ownService()
    const person = await signedInPerson({ mode: 'token', service })
    expect((await person.patch('/me', { name: 'Ada Lovelace' })).status).toBe(200)
    const { answer } = await person.signIn()
    const [header = '', claims = ''] = String(answer.body.access_token).split('.')
    const { kid } = await service.services.signingKeys.signer()
    expect(decodePart(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid })
    const said = decodePart(claims)
    expect(said).toEqual({
      iss: deployed.issuer,
      aud: deployed.issuer,
      sub: person.userId,
      client_id: 'janus',
      iat: expect.any(Number),
      exp: Number(said.iat) + 900,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      sid: answer.body.session.id,
      roles: [],
      auth_time: said.iat,
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
    } satisfies Json)
    expect(answer.body).toMatchObject({ token_type: 'Bearer', expires_in: 900 })
  })

  it('gives each token an id of its own', async () => {
    const { accessTokens } = ownService().services
    const subject = {
      userId: 'u',
      sessionId: 's',
      roles: [],
      authenticatedAt: now(),
      amr: ['pwd'],
      acr: 'urn:janus:1fa',
      sessionExpiresAt: now() + 900,
    } as const
    const tokens = await Promise.all(Array.from({ length: 100 }, () => accessTokens.issue(subject)))
    const ids = tokens.map(({ token }) => decodePart(token.split('.')[1] ?? '').jti)
    expect(new Set(ids).size).toBe(100)
  })
})
