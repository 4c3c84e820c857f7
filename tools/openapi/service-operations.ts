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
      'A key set (RFC 7517 §5), for anyone who verifies them. Not there with HS256, or where no tokens are offered.',
    answers: {
      200: {
        description: 'The keys that sign, and those that have signed a token that may still be good.',
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

  'GET /problems/:code': {
    id: 'readProblemType',
    tag: 'Service',
    summary: 'What a problem means',
    description: 'The `type` of every refusal leads here. A page for a browser.',
    parameters: ['code'],
    answers: {
      200: {
        description: 'Its status and title.',
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
    summary: 'Whether the process answers',
    answers: { 200: { description: 'It does.', body: 'Health', example: { status: 'ok' } } },
    storage: false,
  },

  'GET /readyz': {
    id: 'checkReadiness',
    tag: 'Service',
    summary: 'Whether it can serve',
    description: 'Whether the configuration is valid, storage can be reached, and its schema is current.',
    answers: {
      200: { description: 'It can.', body: 'Readiness', example: HEALTHY },
      503: {
        description: 'It cannot, and why.',
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
