import type { Operation } from './operation'

export const OAUTH_OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /oauth/token': {
    id: 'exchangeForTokens',
    tag: 'Authorization server',
    summary: 'Exchange a code or a refresh token',
    description:
      'For clients (`janus clients`). Takes a form, as RFC 6749 has it. `authorization_code` needs `code`, `redirect_uri` and `code_verifier`; a second use of a code ends what the first was given. `refresh_token` rotates as Janus’s own tokens do, and takes a part of the `scope`. A confidential client authenticates by HTTP Basic or by `client_secret`, a public one sends `client_id`. Reads no cookie, and every origin may call it.',
    answers: {
      200: { description: 'Tokens.', body: 'OAuthTokens' },
      400: { description: 'Rejected, in the words of RFC 6749 §5.2.', body: 'OAuthError' },
      401: { description: '`invalid_client`, with a challenge for HTTP Basic.', body: 'OAuthError' },
    },
    problems: ['not-found'],
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
