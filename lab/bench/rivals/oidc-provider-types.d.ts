/** Says what the benchmark uses of it. The package brings no types. */
declare module 'oidc-provider' {
  interface Context {
    readonly req: import('node:http').IncomingMessage
    readonly res: import('node:http').ServerResponse
    readonly path: string
    readonly get: (header: string) => string
    status: number
    body: unknown
    respond: boolean
  }
  interface Interaction {
    readonly prompt: { readonly name: string }
    readonly params: Readonly<Record<string, unknown>>
    readonly session?: { readonly accountId: string }
  }
  interface Grant {
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }
  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): import('node:http').RequestListener
    use(middleware: (ctx: Context, next: () => Promise<void>) => Promise<void>): void
    readonly Session: { get(ctx: Context): Promise<{ readonly accountId?: string }> }
    readonly Grant: new (owner: {
      readonly accountId: string
      readonly clientId: string
    }) => Grant
    interactionDetails(req: Context['req'], res: Context['res']): Promise<Interaction>
    interactionFinished(req: Context['req'], res: Context['res'], result: object): Promise<void>
  }
}
