/** Declares the parts of Express and Passport that a test uses. The packages bring no types. */
declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Request extends IncomingMessage {
    session?: object
    user?: unknown
  }
  export interface Response extends ServerResponse {
    json(body: unknown): void
  }
  export type RequestHandler = (request: Request, response: Response, next: (error?: unknown) => void) => void
  export interface App {
    (request: IncomingMessage, response: ServerResponse): void
    use(handler: RequestHandler): void
    get(path: string, ...handlers: RequestHandler[]): void
  }
  export default function express(): App
}

declare module 'passport' {
  import type { RequestHandler } from 'express'

  export class Passport {
    use(strategy: object): void
    authenticate(name: string, options: object): RequestHandler
  }
}

declare module 'passport-openidconnect' {
  import type { Request } from 'express'

  export interface TokenEndpoint {
    getOAuthAccessToken(code: string, parameters: object, done: unknown): void
  }
  export default class Strategy {
    protected _oauth2: TokenEndpoint
    constructor(options: object, verify: (...given: never[]) => void)
    authenticate(request: Request, options?: object): void
    authorizationParams(options: object): object
  }
}
