import { describe, expect, it } from 'vitest'
import { usePasskey } from '../support/authenticator'
import { addPasskey, NATIVE_APPS, registerPasskey } from '../support/passkeys'
import { expectProblem, send, signedInPerson } from '../support/person'
import { ownService, type Service } from '../support/service'

const APPLE = '/.well-known/apple-app-site-association'
const ANDROID = '/.well-known/assetlinks.json'

const FINGERPRINT = `${'AB:'.repeat(31)}CD`
/** As `openssl dgst` and base64url make it of the fingerprint. */
const ANDROID_ORIGIN = 'android:apk-key-hash:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq80'

const AT_ROOT = ownService(NATIVE_APPS)
const UNDER_AUTH = ownService({ ISSUER: 'https://example.com/auth', ...NATIVE_APPS })

/** Asks for a file at the root of the host. */
const atRoot = (service: Service, path: string, init: RequestInit = {}) =>
  service.fetch(new Request(`${new URL(service.issuer).origin}${path}`, init))

describe.each([
  ['an issuer at the root', AT_ROOT],
  ['an issuer with a path', UNDER_AUTH],
])('association files of %s', (_, service) => {
  it.each([
    [APPLE, { webcredentials: { apps: ['ABCDE12345.com.example.app'] } }],
    [
      ANDROID,
      [
        {
          relation: ['delegate_permission/common.get_login_creds'],
          target: {
            namespace: 'android_app',
            package_name: 'com.example.app',
            sha256_cert_fingerprints: [FINGERPRINT],
          },
        },
      ],
    ],
  ])('WAN-02: %s is at the root of the host, whole, without a redirect', async (path, expected) => {
    const answer = await atRoot(service, path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=3600')
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await answer.json()).toEqual(expected)
    // For an app that answers the root of the host itself.
    expect((await send(service, 'GET', path)).body).toEqual(expected)
  })

  it.each([APPLE, ANDROID])('%s has the headers of every answer, and takes nothing', async (path) => {
    const answer = await atRoot(service, path)
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect((await atRoot(service, path, { method: 'HEAD' })).status).toBe(200)
    expect([404, 405]).toContain((await atRoot(service, path, { method: 'POST' })).status)
  })
})

it.each([
  ['no app is listed', {}],
  ['passkeys are off', { ...NATIVE_APPS, PASSKEY_RP_ID: 'none' }],
])('answers neither file where %s', async (_, settings) => {
  const service = ownService(settings)
  for (const path of [APPLE, ANDROID]) expectProblem(await send(service, 'GET', path), 404, 'not-found')
})

it('lists every app and every certificate', async () => {
  const service = ownService({
    PASSKEY_APPLE_APPS: 'ABCDE12345.com.example.app, 1234567890.org.example.Other-App',
    PASSKEY_ANDROID_APPS: `com.example.app:${FINGERPRINT}, com.example.app:${'01:'.repeat(31)}02`,
  })
  const apple = await send(service, 'GET', APPLE)
  expect(apple.body.webcredentials.apps).toEqual([
    'ABCDE12345.com.example.app',
    '1234567890.org.example.Other-App',
  ])
  const android = await send(service, 'GET', ANDROID)
  expect(android.body.map(({ target }: { target: object }) => target)).toEqual([
    { namespace: 'android_app', package_name: 'com.example.app', sha256_cert_fingerprints: [FINGERPRINT] },
    {
      namespace: 'android_app',
      package_name: 'com.example.app',
      sha256_cert_fingerprints: [`${'01:'.repeat(31)}02`],
    },
  ])
})

describe('the origin of an Android app', () => {
  const inApp = (origin: string) => ({ clientData: { origin } })

  async function signIn(service: Service, soft: Parameters<typeof usePasskey>[0], origin: string) {
    const { body } = await send(service, 'POST', '/login/passkey/options', { body: {} })
    const { challenge, rpId } = body.options
    const credential = await usePasskey(soft, { challenge, rpId, origin })
    return send(service, 'POST', '/login/passkey', {
      body: { credential, binding: body.binding, mode: 'token' },
    })
  }

  it('WAN-02: registers and signs in where its certificate is listed', async () => {
    const ada = await signedInPerson({ mode: 'token', service: AT_ROOT })
    const { soft } = await addPasskey(ada, inApp(ANDROID_ORIGIN))
    expect((await signIn(AT_ROOT, soft, ANDROID_ORIGIN)).status).toBe(200)
  })

  it.each([
    ['of another certificate', AT_ROOT, `android:apk-key-hash:${'A'.repeat(43)}`],
    ['that is the fingerprint', AT_ROOT, `android:apk-key-hash:${FINGERPRINT}`],
    ['of an older kind', AT_ROOT, ANDROID_ORIGIN.replace('apk-key-hash', 'apk-key-hash-sha256')],
    ['where none is listed', ownService(), ANDROID_ORIGIN],
    [
      'where only Apple apps are listed',
      ownService({ PASSKEY_APPLE_APPS: 'ABCDE12345.com.example.app' }),
      ANDROID_ORIGIN,
    ],
  ])('WAN-02: %s is refused in both ceremonies', async (_, service, origin) => {
    const ada = await signedInPerson({ mode: 'token', service })
    const credential = await registerPasskey(ada, inApp(origin))
    expectProblem(await ada.post('/passkeys', { credential }), 400, 'passkey-refused')
    const { soft } = await addPasskey(ada)
    expectProblem(await signIn(service, soft, origin), 400, 'passkey-refused')
  })
})
