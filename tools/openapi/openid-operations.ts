import type { Operation } from './operation'

const USER_INFO = {
  tag: 'Authorization server',
  description:
    'OpenID Connect Core §5.3. Takes an access token of a client, with the scope `openid`, that was granted without a resource, and tells of the person as they are now. Reads no cookie, and every origin may call it.',
  answers: {
    200: { description: 'The person, as far as the scope of the token goes.', body: 'UserInfo' },
    400: { description: 'Two tokens, or none that can be read (RFC 6750 §3.1).', body: 'OAuthError' },
    401: { description: 'No token, or one that is not valid here or has ended.', body: 'OAuthError' },
    403: { description: 'A token without `openid`.', body: 'OAuthError' },
  },
  problems: ['not-found'],
} satisfies Partial<Operation>

/** Lists the operations that OpenID Connect adds to an authorization server. */
export const OPENID_OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /oauth/userinfo': { id: 'getUserInfo', summary: 'Read who signed in', ...USER_INFO },
  'POST /oauth/userinfo': { id: 'postUserInfo', summary: 'Read who signed in, by a form', ...USER_INFO },

  'GET /.well-known/openid-configuration': {
    id: 'getOpenIdConfiguration',
    tag: 'Authorization server',
    summary: 'Metadata of the OpenID provider',
    description: 'OpenID Connect Discovery §3. The same document as that of the authorization server.',
    answers: {
      200: { description: 'The metadata.', body: 'AuthorizationServer', headers: ['Cache-Control'] },
    },
    problems: ['not-found'],
    storage: false,
  },
}
