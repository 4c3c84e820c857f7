/** Every text of the playground. It is for developers, and in English only. */
export const TEXTS = {
  title: 'Playground',
  intro:
    'One account, signed in both ways at once. Call the same routes with either, end one side from the other, and see who notices and when.',
  noScript: 'The buttons of this page need JavaScript. The pictures and the comparison below do not.',
  oneMode: 'This service offers one mode only. Start it with AUTH_MODE=both to compare the two.',
  alwaysLive:
    'LIVE_CHECK is “always” here, so every route asks D1, and both sides notice an end at once. With “sensitive”, the default, they differ.',
  onlyHere: 'This page exists on your machine only: Janus refuses to start with PLAYGROUND=on anywhere else.',

  start: {
    label: 'Account',
    nobody:
      'Start with an account made for the purpose. If this browser is signed in already, that session ends.',
    signedIn: 'Signed in as {email}.',
    create: 'Make an account, sign in both ways',
    again: 'Start over with a new account',
    existing: 'Use an account you have',
    email: 'Email address',
    password: 'Password',
    signIn: 'Sign in both ways',
    watch: 'Ask both every 2 seconds',
    trouble: 'That did not work: {status} {code}',
    noAnswer: 'no answer',
    noSession: 'the account was made, but did not start a session',
  },

  modes: {
    session: {
      title: 'Session',
      essence:
        'The cookie is a ticket with a number. What the number stands for is looked up at every request.',
      records: 'The cookie, and what it stands for',
      holds: 'What the browser holds',
      stored: 'What the service stores',
    },
    token: {
      title: 'Token',
      essence:
        'The token is a signed note that says who you are. Who has the key can check it alone, and asks nobody.',
      records: 'The tokens, taken apart',
      holds: 'What the page holds',
      stored: 'What the service stores',
    },
  },

  states: {
    none: 'not signed in',
    live: 'live',
    ended: 'ended',
    endedButGood: 'ended, token still good',
    expired: 'token expired',
  },

  calls: {
    whoami: {
      route: 'GET /playground/whoami',
      session: 'A protected route. Asks KV, and nothing else.',
      token: 'The same route. Asks nothing: it checks the signature.',
      button: 'Call',
    },
    me: {
      route: 'GET /me',
      session: 'Reads the account in D1, so it always knows the truth.',
      token: 'Reads the account in D1, so it always knows the truth.',
      button: 'Call',
    },
    refresh: {
      route: 'POST /refresh',
      session: 'Not needed: a session in use moves its own expiry on.',
      token: 'Trades the refresh token for a new pair. D1 decides.',
      button: 'Refresh',
    },
    end: {
      route: 'DELETE /sessions/:id',
      session: 'Ends this session, sent with the token of the other side.',
      token: 'Ends this session, sent with the cookie of the other side.',
      button: 'End',
    },
    signIn: {
      route: 'POST /login',
      session: 'A new session for the same account.',
      token: 'A new session and new tokens for the same account.',
      button: 'Sign in again',
    },
  },

  answers: {
    label: 'Answers',
    none: 'No call yet.',
    strip: 'whoami so far: {runs}',
    empty: '(empty)',
    free: 'no storage',
    d1: '{n} × D1',
    kvReads: '{n} × KV read',
    kvWrites: '{n} × KV write',
    kvDeletes: '{n} × KV delete',
    milliseconds: '{n} ms',
  },

  verdicts: {
    sessionEnded:
      'Ended at {time}. Every call is refused from now on, for the copy in KV was deleted with it. That is KV on your machine: on Cloudflare’s network, a location that has its own copy may go on serving it for a minute or more.',
    tokenEnded:
      'Ended at {time}. D1 knows, so GET /me and a refresh are refused. The token does not know: whoami answers 200 until it expires at {expiry}.',
    tokenEndedLive: 'Ended at {time}. Every route asks D1 here, so every call is refused from now on.',
    tokenExpired: 'Expired at {expiry}, so every route refuses it. A refresh gets the next one.',
    tokenOver: 'Ended at {time}, and the token expired at {expiry}. Now every route refuses it.',
    tokenLost:
      'No token: it was only in the memory of a page that is gone. The cookie outlived the page. Sign in again to get new tokens.',
  },

  cookie: {
    value: 'The page cannot read it: it is HttpOnly. After the dot come 32 random bytes, the secret.',
    masked: 'the secret, out of reach',
    attributes: [
      { name: '__Host-', meaning: 'This host alone may set it, never a sibling domain.' },
      { name: 'HttpOnly', meaning: 'No script can read it, not even this page’s.' },
      { name: 'Secure', meaning: 'Travels over HTTPS only, and on localhost.' },
      { name: 'SameSite=Lax', meaning: 'Stays at home when a foreign page posts.' },
      { name: 'Path=/', meaning: 'Sent with every request to this host.' },
      { name: 'Max-Age', meaning: 'As long as the session may last at most.' },
    ],
  },

  token: {
    intro:
      'Three parts with dots between them. The first two are plain JSON in base64url: anyone can read them.',
    header: 'Header',
    payload: 'Payload',
    signature: 'Signature',
    signatureMeaning:
      'Over the first two parts, made with the key {kid}. Change one letter of them and it no longer fits.',
    expiresIn: 'Expires in {left}',
    expired: 'Expired {left} ago',
    refresh: 'Refresh token',
    refreshMeaning:
      'Session id, counter, and a MAC that only the service can make. Good once: each refresh moves the counter in D1.',
    masked: 'the MAC',
    registered: 'registered',
    private: 'private',
    kinds:
      'Registered: in the IANA register of claims, by RFC 7519 itself or by a later specification. Private: agreed between two parties. Janus needs no private ones, and puts no address and no name in.',
  },

  /** Of the header. */
  parameters: [
    { name: 'alg', by: 'RFC 7515', meaning: 'How it is signed. Janus accepts this one and no other.' },
    { name: 'typ', by: 'RFC 7515', meaning: 'An access token, and no other kind of JWT.' },
    { name: 'kid', by: 'RFC 7515', meaning: 'Which key signed it.' },
  ],
  claims: [
    { name: 'iss', by: 'RFC 7519', meaning: 'Who issued it.' },
    { name: 'aud', by: 'RFC 7519', meaning: 'Whom it is for. Others must refuse it.' },
    { name: 'sub', by: 'RFC 7519', meaning: 'The account, by id.' },
    { name: 'client_id', by: 'RFC 8693', meaning: 'The app that asked for it.' },
    { name: 'iat', by: 'RFC 7519', meaning: 'When it was issued.' },
    { name: 'exp', by: 'RFC 7519', meaning: 'When it stops being good. Nothing stops it before.' },
    { name: 'jti', by: 'RFC 7519', meaning: 'Its own id: no two tokens have the same.' },
    { name: 'sid', by: 'OpenID Connect', meaning: 'The session behind it.' },
    { name: 'roles', by: 'RFC 9068', meaning: 'What the account may do, as of the sign-in.' },
    { name: 'auth_time', by: 'OpenID Connect', meaning: 'When the person last proved who they are.' },
    {
      name: 'amr',
      by: 'OpenID Connect',
      meaning: 'How: pwd is a password, otp a mailed link or an app, hwk and swk a passkey.',
    },
    {
      name: 'acr',
      by: 'OpenID Connect',
      meaning: 'The level reached: urn:janus:1fa with one factor, urn:janus:2fa with two.',
    },
  ],
  unknownClaim: 'Not known to this page.',

  stored: {
    d1: 'D1, table sessions: one row',
    kv: 'KV: a copy of it',
    loading: 'Looking…',
    out: 'Neither the cookie nor the access token is good any more, so the service shows nothing. A refresh may help.',
    gone: 'The row is gone: the sweep has removed it.',
    noCopy:
      'Nothing under {key}. The first request without a seal writes the copy, and the end of the session deletes it.',
    never: 'Nothing: in token mode KV has no part.',
    hash: 'secret_hash is a SHA-256. Whoever reads the database cannot make the cookie from it.',
    counter: 'There is no token in it, only how often it was refreshed.',
    ended: 'ended_at is set: it is over, and never revived. The sweep removes the row after a minute.',
    column: 'Column',
    value: 'Value',
  },

  log: {
    title: 'Calls',
    intro:
      'Newest first. Storage is what the header Janus-Storage of each answer says, which is exact while nothing else asks at the same time; work done behind a response is not in it. Looks at what is stored are left out, and of the calls every 2 seconds those that are answered as before. The first token of a new database costs more: its signing key is made, too.',
    columns: ['Side', 'Call', 'Answer', 'D1', 'KV read', 'KV write', 'KV delete', 'ms'],
    none: 'No call yet.',
  },

  flows: 'How each works',

  comparison: {
    title: 'What differs',
    columns: { session: 'Session', token: 'Token' },
    rows: [
      {
        about: 'A request costs',
        session: 'One read of KV.',
        token: 'A signature check, no storage.',
      },
      {
        about: 'An end is felt',
        session: 'At once here; elsewhere after KV’s lag, a minute or more.',
        token: 'When the token expires. Sooner on routes that ask D1.',
      },
      {
        about: 'Who can verify it',
        session: 'Only who can read the store.',
        token: 'Every service that has the public key. With HS256 there is none, and only Janus can.',
      },
      {
        about: 'What a thief of the database gets',
        session: 'Hashes that open nothing.',
        token: 'A counter that opens nothing, and signing keys that are encrypted.',
      },
      {
        about: 'What a script on the page can take',
        session: 'Nothing: it can use the cookie, not carry it off.',
        token: 'Whatever the page keeps in memory.',
      },
      {
        about: 'A forged request from another site',
        session: 'Would carry the cookie, so Janus refuses it by its origin.',
        token: 'Carries no token.',
      },
    ],
  },
} as const
