import type { Operation } from './operation'

export const OAUTH_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /oauth/token': {
    id: 'exchangeForTokens',
    tag: 'Authorization server',
    summary: 'Get tokens by a code, a refresh token or a client’s own proof',
    description:
      'For clients (`janus clients`). Takes a form, as RFC 6749 has it. `authorization_code` needs `code`, `redirect_uri` and `code_verifier`; a second use of a code ends what the first was given. `refresh_token` rotates as Janus’s own tokens do, and takes a part of the `scope`. `client_credentials` is for a confidential client that an operator let use it: a token for itself, with `sub` its id, and no refresh token. A confidential client authenticates by HTTP Basic or by `client_secret`, a public one sends `client_id`. Reads no cookie, and every origin may call it.',
    answers: {
      200: { description: 'Tokens.', body: 'OAuthTokens' },
      400: { description: 'Rejected, in the words of RFC 6749 §5.2.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
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
