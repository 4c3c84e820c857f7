/** One arrow of a picture; from and to the same: what happens there. */
export interface FlowStep {
  readonly from: string
  readonly to: string
  readonly label: string
  readonly refused?: true
}

export interface Flow {
  readonly caption: string
  /** The parties, each with its place between 0, left, and 360, right. */
  readonly lanes: Readonly<Record<string, number>>
  readonly groups: readonly { readonly title: string; readonly steps: readonly FlowStep[] }[]
}

/** Session mode, as Janus does it. */
export const SESSION_FLOW: Flow = {
  caption:
    'Session mode: a seal answers for seconds, then a request is looked up, so an end is felt wherever the lookup goes.',
  lanes: { Browser: 36, Janus: 168, KV: 262, D1: 332 },
  groups: [
    {
      title: 'Sign in',
      steps: [
        { from: 'Browser', to: 'Janus', label: 'password' },
        { from: 'Janus', to: 'D1', label: 'row, with hash of secret' },
        { from: 'Janus', to: 'Browser', label: 'id.secret, and a seal' },
      ],
    },
    {
      title: 'Call',
      steps: [
        { from: 'Browser', to: 'Janus', label: 'cookie and seal' },
        { from: 'Janus', to: 'Janus', label: 'check MAC, age' },
        { from: 'Janus', to: 'Browser', label: '200' },
      ],
    },
    {
      title: 'Call, once the seal is over',
      steps: [
        { from: 'Browser', to: 'Janus', label: 'cookie' },
        { from: 'Janus', to: 'KV', label: 'read by id' },
        { from: 'KV', to: 'Janus', label: 'copy' },
        { from: 'Janus', to: 'Browser', label: '200, and a new seal' },
      ],
    },
    {
      title: 'End, from elsewhere',
      steps: [
        { from: 'Janus', to: 'D1', label: 'set ended_at' },
        { from: 'Janus', to: 'KV', label: 'delete copy' },
        { from: 'Browser', to: 'Janus', label: 'cookie' },
        { from: 'Janus', to: 'Browser', label: '401 at once', refused: true },
      ],
    },
  ],
}

/** Token mode, as Janus does it. */
export const TOKEN_FLOW: Flow = {
  caption: 'Token mode: a request asks no storage, so an end is felt at the next refresh.',
  lanes: { Page: 36, Janus: 184, D1: 332 },
  groups: [
    {
      title: 'Sign in',
      steps: [
        { from: 'Page', to: 'Janus', label: 'password' },
        { from: 'Janus', to: 'D1', label: 'row, with counter 0' },
        { from: 'Janus', to: 'Page', label: 'access and refresh token' },
      ],
    },
    {
      title: 'Call',
      steps: [
        { from: 'Page', to: 'Janus', label: 'access token' },
        { from: 'Janus', to: 'Janus', label: 'check signature, exp' },
        { from: 'Janus', to: 'Page', label: '200' },
      ],
    },
    {
      title: 'Refresh',
      steps: [
        { from: 'Page', to: 'Janus', label: 'refresh token' },
        { from: 'Janus', to: 'D1', label: 'counter 0 to 1' },
        { from: 'Janus', to: 'Page', label: 'new pair' },
      ],
    },
    {
      title: 'End, from elsewhere',
      steps: [
        { from: 'Janus', to: 'D1', label: 'set ended_at' },
        { from: 'Page', to: 'Janus', label: 'access token' },
        { from: 'Janus', to: 'Page', label: '200 until exp' },
        { from: 'Page', to: 'Janus', label: 'refresh token' },
        { from: 'Janus', to: 'Page', label: '401', refused: true },
      ],
    },
  ],
}
