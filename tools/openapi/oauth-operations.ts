import { EXAMPLES } from './examples'
import type { Operation } from './operation'

export const OAUTH_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /oauth/token': {
    id: 'exchangeForTokens',
    tag: 'Authorization server',
    summary: 'Get tokens by a code, a refresh token, a device code, a client’s own proof or an API key',
    description:
      'For clients (`janus clients`). Takes a form, as RFC 6749 has it. `authorization_code` needs `code`, `redirect_uri` and `code_verifier`; a second use of a code ends what the first was given. `refresh_token` rotates as Janus’s own tokens do, and takes a part of the `scope`. `client_credentials` is for a confidential client that an operator let use it: a token for itself, with `sub` its id, and no refresh token. `urn:ietf:params:oauth:grant-type:device_code` (RFC 8628) needs `device_code`, and is answered 400 with `authorization_pending` until the person has decided. `urn:ietf:params:oauth:grant-type:token-exchange` (RFC 8693), where `API_KEYS=on`, takes an API key as `subject_token`, with `subject_token_type=urn:janus:token-type:api-key` and no client: a token for the resource of the key, with its scope or a part of it. A confidential client authenticates by HTTP Basic, by `client_secret` or by a `client_assertion` that it signed, a public one sends `client_id`. Reads no cookie, and every origin may call it.',
    answers: {
      200: { description: 'Tokens.', body: 'OAuthTokens' },
      400: { description: 'Rejected, in the words of RFC 6749 §5.2.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
    problems: ['not-found'],
  },

  'GET /api-keys': {
    id: 'listApiKeys',
    tag: 'API keys',
    summary: 'List your API keys',
    description:
      'Newest first, 20 at most, and what a key can be made for. The keys themselves are stored nowhere.',
    answers: {
      200: {
        description: 'The keys.',
        body: 'ApiKeyList',
        example: {
          api_keys: [EXAMPLES.apiKey],
          resources: [{ resource: 'https://notes.example.com/mcp', scopes: ['notes:read', 'notes:write'] }],
        },
      },
      303: { description: 'For browsers without a session: the page to sign in.', headers: ['Location'] },
    },
    problems: ['not-found'],
  },

  'POST /api-keys': {
    id: 'createApiKey',
    tag: 'API keys',
    summary: 'Make an API key',
    description:
      'For a program of the caller’s own. `scope` is what the key may do: scopes of the `resource`, separated by spaces. `resource` may be left out where there is one. The key ends after `expires_in_days`: 1 to 366, 90 if left out. It is in this answer alone. No route takes it but `POST /oauth/token`, which gives access tokens for it. Takes a proof of the last ten minutes. The owner gets a mail. A form from a browser gets a page with the key.',
    request: { name: 'Backups', scope: 'notes:read', expires_in_days: 90 },
    answers: {
      201: {
        description: 'The key.',
        body: 'ApiKeyCreated',
        example: {
          api_key: { ...EXAMPLES.apiKey, last_used_on: null },
          secret: 'jk_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3aB4cD5eF6gH7',
        },
      },
    },
    problems: ['invalid-input', 'not-found', 'session-ended'],
  },

  'POST /api-keys/:id/revoke': {
    id: 'revokeApiKey',
    tag: 'API keys',
    summary: 'Revoke an API key',
    description:
      'From now on no token is given for it. Tokens that were given work until they expire, and introspection says at once that they are over. Returns 404 for unknown ids and for keys of other accounts.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Revoked.' } },
    problems: ['not-found'],
  },

  'GET /apps': {
    id: 'listConnectedApps',
    tag: 'Connected apps',
    summary: 'List the apps that you connected',
    description:
      'Newest first: what the account page shows, once for each time that an app was allowed something.',
    answers: {
      200: { description: 'The apps.', body: 'ConnectedAppList', example: { apps: [EXAMPLES.connectedApp] } },
    },
    problems: ['not-found'],
  },

  'POST /apps/:id/disconnect': {
    id: 'disconnectApp',
    tag: 'Connected apps',
    summary: 'Disconnect an app',
    description:
      'Its refresh token is rejected at once, and it has to ask again. Its access tokens work until they expire, and introspection says at once that they are over. Returns 404 for unknown ids, for apps of other accounts, and for sessions that are of no app.',
    parameters: ['id'],
    request: {},
    answers: { 204: { description: 'Disconnected.' } },
    problems: ['not-found'],
  },

  'POST /oauth/device_authorization': {
    id: 'startDevice',
    tag: 'Authorization server',
    summary: 'Connect a device that has no browser',
    description:
      'RFC 8628. For clients that were registered with `--grant device`. The person enters the code at `verification_uri`; meanwhile the device asks the token endpoint with `device_code`, and is answered `authorization_pending`, `slow_down`, `access_denied` or `expired_token` until it is given tokens, once.',
    answers: {
      200: { description: 'Two codes, and where to go.', body: 'DeviceCodes' },
      400: { description: 'Rejected, in the words of RFC 6749 §5.2.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
    problems: ['not-found'],
  },

  'POST /oauth/revoke': {
    id: 'revokeToken',
    tag: 'Authorization server',
    summary: 'End what a token stands for',
    description:
      'RFC 7009. Takes a form: `token`, and the client’s proof as at the token endpoint. An access token or a refresh token ends its whole grant. A token that is unknown, or of another client, changes nothing and has the same answer. Reads no cookie, and every origin may call it.',
    answers: {
      200: { description: 'Ended, or there was nothing to end.' },
      400: { description: '`invalid_request`.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
    problems: ['not-found'],
  },

  'POST /oauth/introspect': {
    id: 'introspectToken',
    tag: 'Authorization server',
    summary: 'Ask whether a token is active now',
    description:
      'RFC 7662, for confidential clients. A client may ask about its own tokens, and a client that was registered with `--serves` about those of its resource. Reads from the source of truth. Every other token, and one that is expired or was ended, is `{"active":false}` and nothing more.',
    answers: {
      200: { description: 'What the token stands for, or `active: false`.', body: 'TokenStatus' },
      400: { description: '`invalid_request`.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
    problems: ['not-found'],
  },

  'POST /oauth/register': {
    id: 'registerOAuthClient',
    tag: 'Authorization server',
    summary: 'Register an app',
    description:
      'For apps that register themselves (RFC 7591), if `OAUTH_CLIENTS=open`; else 404. The app is a public client, whatever it asks for: it gets no secret, and people are asked about it each time. An app that nobody uses for a day is forgotten, and one that somebody has used, 90 days after that. Reads no cookie, and every origin may call it.',
    answers: {
      201: { description: 'The app as it is registered.', body: 'OAuthClient' },
      400: { description: 'Rejected, in the words of RFC 7591 §3.2.2.', body: 'OAuthError' },
    },
    problems: ['not-found', 'too-many-attempts'],
  },

  'GET /.well-known/oauth-authorization-server': {
    id: 'getAuthorizationServer',
    tag: 'Authorization server',
    summary: 'Metadata of the authorization server',
    description: 'RFC 8414. The endpoints, and what they can do.',
    answers: {
      200: { description: 'The metadata.', body: 'AuthorizationServer', headers: ['Cache-Control'] },
    },
    problems: ['not-found'],
    storage: false,
  },
}
