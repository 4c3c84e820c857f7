// Of answers, as a person sees them who is called Ada.

const USER = {
  id: 'q83vEjRWeJCrze8SNFZ4kA',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada',
  roles: [],
  created_at: '2026-11-02T09:30:00Z',
}

const PROFILE = { ...USER, user_metadata: { theme: 'dark' }, app_metadata: { plan: 'free' } }

const SESSION = {
  id: 'Zm9vYmFyYmF6cXV4cXV1eA',
  mode: 'session',
  created_at: '2026-11-23T18:00:00Z',
  authenticated_at: '2026-11-23T18:00:00Z',
  amr: ['pwd'],
  acr: 'urn:janus:1fa',
  last_seen_at: '2026-11-23T18:00:00Z',
  idle_expires_at: '2026-11-30T18:00:00Z',
  expires_at: '2026-12-23T18:00:00Z',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
  device: 'Firefox, Linux',
  country: 'GB',
  current: true,
}

const TOKEN_SESSION = { ...SESSION, mode: 'token', idle_expires_at: '2026-12-07T18:00:00Z' }

const TOKENS = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6Ii4uLiJ9.e30.c2lnbmF0dXJl',
  token_type: 'Bearer',
  expires_in: 900,
  refresh_token: 'Zm9vYmFyYmF6cXV4cXV1eA.0.bWVzc2FnZSBhdXRoZW50aWNhdGlvbiBjb2Rl',
}

const DEVICE_TOKEN = 'ZGV2aWNlIG9mIGEgb25lLg.bWVzc2FnZSBhdXRoZW50aWNhdGlvbiBjb2RlLCBtYWRlIGJ5IE'

export const EXAMPLES = {
  user: USER,
  session: SESSION,
  signedIn: { user: USER, session: SESSION },
  profile: PROFILE,
  me: { user: PROFILE, session: SESSION },
  signedInWithTokens: { ...TOKENS, device_token: DEVICE_TOKEN, user: USER, session: TOKEN_SESSION },
  refreshed: { ...TOKENS, session: TOKEN_SESSION },
  device: {
    id: 'ZGV2aWNlIG9mIGEgb25lLg',
    created_at: '2026-11-02T09:30:00Z',
    last_seen_at: '2026-11-23T18:00:00Z',
    user_agent: SESSION.user_agent,
    device: SESSION.device,
    country: 'GB',
    current: true,
  },
  deviceToken: DEVICE_TOKEN,
  sessionOfApp: {
    ...TOKEN_SESSION,
    id: 'YW4gYXBwIGluIHRoZSBsaQ',
    user_agent: null,
    device: null,
    country: null,
    current: false,
    app: {
      id: 'c_bm90ZXMgb2YgYWRhIGFuZA',
      name: 'Notes',
      host: null,
      scope: 'notes:read',
      resource: 'https://notes.example.com/mcp',
    },
  },
  sessionOfTwoFactors: { ...SESSION, amr: ['pwd', 'otp', 'mfa'], acr: 'urn:janus:2fa' },
  passkey: {
    id: 'cGFzc2tleSBvZiBhIG9uZQ',
    credential_id: 'Y3JlZGVudGlhbCBpZCBvZiBhIG9uZQ',
    name: 'Firefox, Linux',
    synced: true,
    created_at: '2026-11-02T09:30:00Z',
    last_used_at: '2026-11-23T18:00:00Z',
  },
  authorization: {
    authorization_url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=id&state=sealed',
    expires_in: 600,
    binding: 'c2VjcmV0IG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz',
  },
  answerOfProvider: {
    state: 'sealed',
    code: 'code',
    binding: 'c2VjcmV0IG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz',
  },
  identity: {
    id: 'aWRlbnRpdHkgb2YgYSBvbg',
    provider: 'google',
    label: 'Google',
    email: 'ada@gmail.com',
    created_at: '2026-11-02T09:30:00Z',
    last_used_at: '2026-11-23T18:00:00Z',
  },
  totpOffer: {
    enrolment: 'c2VjcmV0.c2VhbGVk.c2VlZA',
    seed: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    otpauth_uri:
      'otpauth://totp/Janus:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Janus',
  },
  enrolmentDue: { next: ['enrol-totp', 'enrol-passkey'], expires_in: 600 },
  passkeyCreation: {
    rp: { id: 'auth.example.com', name: 'Example' },
    user: { id: 'aGFuZGxlIG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz', name: 'ada@example.com', displayName: 'Ada' },
    challenge: 'Y2hhbGxlbmdlIG9mIGZpZnR5LXR3byBieXRlcywgd2l0aCBpdHMgTUFD',
    pubKeyCredParams: [
      { type: 'public-key', alg: -8 },
      { type: 'public-key', alg: -7 },
      { type: 'public-key', alg: -257 },
    ],
    timeout: 300_000,
    excludeCredentials: [],
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    attestation: 'none',
  },
  passkeyRequest: {
    options: {
      challenge: 'Y2hhbGxlbmdlIG9mIGZpZnR5LXR3byBieXRlcywgd2l0aCBpdHMgTUFD',
      rpId: 'auth.example.com',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    },
    binding: 'c2VjcmV0IG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz',
  },
  usedCredential: {
    id: 'Y3JlZGVudGlhbCBpZCBvZiBhIG9uZQ',
    response: {
      clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
      authenticatorData: 'YXV0aGVudGljYXRvciBkYXRh',
      signature: 'c2lnbmF0dXJl',
      userHandle: 'aGFuZGxlIG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz',
    },
  },
  newCredential: {
    id: 'Y3JlZGVudGlhbCBpZCBvZiBhIG9uZQ',
    response: { clientDataJSON: 'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0', attestationObject: 'o2NmbXRkbm9uZQ' },
  },
  binding: { binding: 'c2VjcmV0IG9mIHRoaXJ0eS10d28gcmFuZG9tIGJ5dGVz' },
  token: 'dG9rZW4gb2YgdGhpcnR5LXR3byByYW5kb20gYnl0ZXM',
  accountExport: {
    account: {
      id: '0199f2c47a1c7d9c8e6f2b1d3c5a7e90',
      email: 'ada@example.com',
      name: 'Ada',
      roles: [],
      email_verified_at: null,
      disabled_at: null,
      second_factor_at: null,
      created_at: '2026-11-23T18:00:00Z',
    },
    sessions: [],
    authenticator_app: [],
    recovery_codes: [],
    passkeys: [],
    identities: [],
    consents: [],
    authorization_codes: [],
    pending_sign_ins: [],
    second_factor_recovery: [],
    devices: [],
    known_devices: [{ device: 'Firefox, Linux; GB' }],
    links: [],
    events: [],
  },
  event: {
    id: '1042',
    at: '2026-11-23T18:00:00Z',
    event: 'signed-in',
    outcome: 'success',
    reason: null,
    by_owner: true,
    session_id: SESSION.id,
    mode: 'session',
    address: '203.0.113.7',
    country: 'GB',
    user_agent: SESSION.user_agent,
    device: SESSION.device,
  },
}
