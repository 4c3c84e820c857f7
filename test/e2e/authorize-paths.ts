/** Names the resource of the authorization server whose pages are looked at. */
const RESOURCE = 'https://api.example/'
const SCOPE_TEXTS = {
  'notes:read': { en: 'read your notes', de: 'Ihre Notizen lesen', es: 'leer sus notas' },
}

export const OAUTH_SETTINGS = [
  'OAUTH_SERVER:on',
  'OAUTH_CLIENTS:open',
  'API_KEYS:on',
  `OAUTH_RESOURCES:${RESOURCE} notes:read notes:write`,
  `OAUTH_SCOPE_TEXTS:${JSON.stringify(SCOPE_TEXTS)}`,
]

export const AT_A_SITE = 'https://notes.example/callback'
export const ON_THIS_DEVICE = 'http://127.0.0.1:4000/callback'
/** Has a client that an operator registered. */
export const REGISTERED = 'c_notes00000000000000000'
export const REGISTERED_ITSELF = 'c_agent00000000000000000'
const UNKNOWN = 'c_other00000000000000000'

/** RFC 7636, Appendix B. */
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** Lists where apps send a person for consent: one asks for what there is not, and one is unknown. */
export const AUTHORIZE = {
  site: authorizePath(REGISTERED, AT_A_SITE),
  thisDevice: authorizePath(REGISTERED, ON_THIS_DEVICE, ' offline_access openid email'),
  registeredItself: authorizePath(REGISTERED_ITSELF, AT_A_SITE),
  refused: authorizePath(REGISTERED_ITSELF, AT_A_SITE, '', 'token'),
  unknown: authorizePath(UNKNOWN, AT_A_SITE),
}

/** Holds the request of a device. */
export const DEVICE_REQUEST = {
  client_id: REGISTERED,
  scope: 'notes:read notes:write openid',
  resource: RESOURCE,
}

function authorizePath(
  clientId: string,
  redirectUri: string,
  moreScopes = '',
  responseType = 'code',
): string {
  return `/oauth/authorize?${new URLSearchParams({
    response_type: responseType,
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: `notes:read notes:write${moreScopes}`,
    resource: RESOURCE,
    state: 'state',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  })}`
}
