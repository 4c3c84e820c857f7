import { addClient } from '../../../packages/cli/clients/statements'
import { CLIENT_ID, REDIRECT_URI, SCOPE } from '../harness/oauth-flow'

/** Registers the app of the benchmark as an operator does: public, of the same house, so that nobody is asked whether they agree. */
export const BENCH_CLIENT = addClient(
  {
    id: CLIENT_ID,
    name: 'Bench',
    secretHash: null,
    firstParty: true,
    redirectUris: [REDIRECT_URI],
    scopes: ['openid', SCOPE],
    openId: { idTokenAlg: 'ES256', sector: null, postLogoutRedirectUris: [], backChannelLogoutUri: null },
  },
  'operator:bench',
)
