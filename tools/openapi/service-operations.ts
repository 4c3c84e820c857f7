import type { Operation } from './operation'

const HEALTHY = {
  status: 'ready',
  checks: [
    { name: 'config', ok: true },
    { name: 'd1', ok: true },
    { name: 'kv', ok: true },
  ],
}

export const SERVICE_OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /.well-known/jwks.json': {
    id: 'readKeySet',
    tag: 'Service',
    summary: 'The public keys of access tokens',
    description:
      'A key set (RFC 7517 §5) for anyone who verifies access tokens. Returns 404 with HS256, or where tokens are not offered.',
    answers: {
      200: {
        description: 'The keys that sign now, and those that signed a token that has not expired.',
        body: 'KeySet',
        example: {
          keys: [
            {
              kty: 'EC',
              crv: 'P-256',
              x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
              y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
              kid: 'cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s',
              alg: 'ES256',
              use: 'sig',
            },
          ],
        },
        headers: ['Cache-Control'],
      },
    },
    problems: ['not-found'],
  },

  'GET /.well-known/apple-app-site-association': {
    id: 'readAppleApps',
    tag: 'Service',
    summary: 'The apps for Apple systems that may use passkeys',
    description:
      'Is at the root of the host, too, whatever the path of `ISSUER`. Returns 404 where `PASSKEY_APPLE_APPS` lists none.',
    answers: {
      200: {
        description: 'The apps, each as its team and its bundle.',
        body: 'AppleApps',
        example: { webcredentials: { apps: ['ABCDE12345.com.example.app'] } },
        headers: ['Cache-Control'],
      },
    },
    problems: ['not-found'],
    storage: false,
  },

  'GET /.well-known/assetlinks.json': {
    id: 'readAndroidApps',
    tag: 'Service',
    summary: 'The Android apps that may use passkeys',
    description:
      'Is at the root of the host, too, whatever the path of `ISSUER`. Returns 404 where `PASSKEY_ANDROID_APPS` lists none.',
    answers: {
      200: {
        description: 'The apps (Digital Asset Links), each with the certificate that signs it.',
        body: 'AndroidApps',
        example: [
          {
            relation: ['delegate_permission/common.get_login_creds'],
            target: {
              namespace: 'android_app',
              package_name: 'com.example.app',
              sha256_cert_fingerprints: [`${'AB:'.repeat(31)}CD`],
            },
          },
        ],
        headers: ['Cache-Control'],
      },
    },
    problems: ['not-found'],
    storage: false,
  },

  'GET /problems/:code': {
    id: 'readProblemType',
    tag: 'Service',
    summary: 'What a problem means',
    description: 'The `type` of every problem leads here. Returns a page to browsers.',
    parameters: ['code'],
    answers: {
      200: {
        description: 'The status and the title of the problem.',
        body: 'ProblemType',
        example: { code: 'session-ended', status: 401, title: 'The session has ended or is unknown' },
      },
    },
    problems: ['not-found'],
    page: true,
    storage: false,
  },

  'GET /healthz': {
    id: 'checkHealth',
    tag: 'Service',
    summary: 'Check that the process answers',
    answers: { 200: { description: 'The process answers.', body: 'Health', example: { status: 'ok' } } },
    storage: false,
  },

  'GET /readyz': {
    id: 'checkReadiness',
    tag: 'Service',
    summary: 'Check that the service is ready',
    description:
      'Checks that the configuration is valid, that D1 and KV can be reached, and that the schema is current.',
    answers: {
      200: { description: 'The service is ready.', body: 'Readiness', example: HEALTHY },
      503: {
        description: 'The service is not ready, with the reasons.',
        body: 'Readiness',
        example: {
          status: 'not-ready',
          checks: [
            { name: 'AUTH_SECRET', ok: false, detail: 'AUTH_SECRET must be 32 random bytes in base64.' },
          ],
        },
      },
    },
    storage: false,
  },
}
