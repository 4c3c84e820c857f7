import { expect, it } from 'vitest'
import { checkAssociations } from '../../packages/cli/doctor/check-associations.ts'
import { checkDiscovery } from '../../packages/cli/doctor/check-discovery.ts'
import { androidAssociation, appleAssociation } from '../../src/passkeys/native-apps.ts'

const FINGERPRINT = `${'AB:'.repeat(31)}CD`
const APPS = {
  issuer: 'https://auth.example.com',
  passkeyRpId: 'auth.example.com',
  passkeyAppleApps: ['ABCDE12345.com.example.app'],
  passkeyAndroidApps: [`com.example.app:${FINGERPRINT}`],
}
const APPLE = appleAssociation(APPS.passkeyAppleApps)
const ANDROID = androidAssociation(APPS.passkeyAndroidApps)

/** Answers the file for Apple with this, and that for Android as it should be. */
const answering = (answer: () => Response | Promise<Response>) => async (url: string, init: RequestInit) => {
  expect(init).toMatchObject({ redirect: 'manual', signal: expect.any(AbortSignal) })
  return url.endsWith('/assetlinks.json') ? Response.json(ANDROID) : answer()
}

it.each([
  ['names the app', () => Response.json(APPLE), null],
  [
    'names more',
    () =>
      Response.json({
        applinks: { details: [] },
        webcredentials: { apps: ['X', ...APPLE.webcredentials.apps] },
      }),
    null,
  ],
  [
    'names another',
    () => Response.json({ webcredentials: { apps: ['ABCDE12345.com.example'] } }),
    'names other',
  ],
  ['opens links alone', () => Response.json({ applinks: {} }), 'names other'],
  ['is null', () => Response.json(null), 'names other'],
  ['is a redirect', () => new Response(null, { status: 302, headers: { Location: '/' } }), 'answers 302'],
  ['is missing', () => new Response(null, { status: 404 }), 'answers 404'],
  ['is text', () => new Response(JSON.stringify(APPLE)), 'is not application/json'],
  ['is a page', () => new Response('<p>', { headers: { 'Content-Type': 'application/json' } }), 'is no JSON'],
  ['does not come', () => Promise.reject(new DOMException('', 'TimeoutError')), 'within 5 seconds'],
  ['cannot be asked for', () => Promise.reject(new TypeError('fetch failed')), 'cannot be reached'],
])('the doctor, of a file for native apps that %s', async (_, answer, fault) => {
  const [apple, android] = await checkAssociations(APPS, answering(answer))
  expect(apple).toMatchObject({ check: 'service.apps', level: fault === null ? 'ok' : 'error' })
  expect(apple?.what).toContain(fault ?? 'names the apps of PASSKEY_APPLE_APPS')
  expect(android).toMatchObject({ check: 'service.apps', level: 'ok' })
})

it('asks at the root of the domain of the passkeys, and says where Janus has the file', async () => {
  const asked: string[] = []
  const ask = async (url: string) => {
    asked.push(url)
    return new Response(null, { status: 404 })
  }
  const findings = await checkAssociations(
    { ...APPS, issuer: 'https://www.example.com/auth', passkeyRpId: 'example.com' },
    ask,
  )
  expect(asked).toEqual([
    'https://example.com/.well-known/apple-app-site-association',
    'https://example.com/.well-known/assetlinks.json',
  ])
  expect(findings[1]?.fix).toContain('https://www.example.com/auth/.well-known/assetlinks.json')
})

it('asks for no file that lists nothing', async () => {
  const ask = () => Promise.reject(new Error('asked'))
  expect(await checkAssociations({ ...APPS, passkeyAppleApps: [], passkeyAndroidApps: [] }, ask)).toEqual([])
  expect(await checkAssociations({ ...APPS, passkeyRpId: null }, ask)).toEqual([])
})

const PATH = { issuer: 'https://example.com/auth', origin: 'https://example.com', basePath: '/auth' }
const HOST = { issuer: 'https://example.com', origin: 'https://example.com', basePath: '' }
const ON = { settings: { OAUTH_SERVER: 'on' }, isStandAlone: true, file: 'wrangler.toml' }
const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

it.each([
  [HOST, `${OAUTH} ${OPENID}`, 'error error'],
  [PATH, `/auth${OPENID} ${OAUTH}/auth ${OPENID}/auth`, 'error warning warning'],
])('asks for the metadata of $issuer in each place where apps look', async (address, places, levels) => {
  const urls = places.split(' ').map((place) => `https://example.com${place}`)
  const found = await checkDiscovery(ON, address, async (url) => {
    expect(urls).toContain(url)
    return Response.json({ issuer: address.issuer })
  })
  expect(found.map(({ level, what }) => `${level} ${what}`)).toEqual(
    urls.map((url) => `ok ${url} answers, and names ISSUER.`),
  )
  const missing = await checkDiscovery(ON, address, async () => new Response(null, { status: 404 }))
  expect(missing.map(({ level }) => level).join(' ')).toBe(levels)
  expect(missing.map(({ what }) => what.split(',')[0])).toEqual(urls.map((url) => `${url} answers 404`))
})

it('says which route leads to the metadata at the root of the host, and believes no other issuer', async () => {
  const ask = async () => Response.json({ issuer: 'https://example.com' })
  const [below, oauth, openid] = await checkDiscovery(ON, PATH, ask)
  expect(below).toMatchObject({ level: 'error', what: expect.stringContaining('names another issuer') })
  expect(oauth?.fix).toBe(`Add routes = [{ pattern = "example.com${OAUTH}/auth", zone_name = "…" }]`)
  const inJson = await checkDiscovery({ ...ON, file: 'wrangler.jsonc' }, PATH, ask)
  expect(inJson[1]?.fix).toBe(`Add "routes": [{ "pattern": "example.com${OAUTH}/auth", "zone_name": "…" }]`)
  const mounted = await checkDiscovery({ ...ON, isStandAlone: false }, PATH, ask)
  expect(mounted[1]?.fix).toBe(`Add app.get('${OAUTH}/auth', () => janus.request('${OAUTH}'))`)
  expect(openid?.fix).toContain(`${OPENID}/auth`)
  expect(await checkDiscovery({ ...ON, settings: {} }, PATH, ask)).toEqual([])
})
