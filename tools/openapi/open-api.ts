// OpenAPI 3.1, as far as Janus uses it (spec.openapis.org/oas/v3.1.1). Schemas are JSON Schema 2020-12.

export interface OpenApi {
  readonly openapi: '3.1.1'
  readonly info: {
    readonly title: string
    readonly summary: string
    readonly description: string
    readonly version: string
  }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly headers: Readonly<Record<string, Header>>
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>
  }
}

export interface OperationObject {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  /** Each entry is one way to be let in; an empty one is no credential at all. None: anyone. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly Reference[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  /** By status. */
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
  /** Is `true` if the route reads from the database that the session is active, so that an ended session is rejected at once. */
  readonly 'x-live'?: true
}

export interface ResponseObject {
  readonly description: string
  readonly headers?: Readonly<Record<string, Reference | Header>>
  readonly content?: Content
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>

export interface Header {
  readonly description: string
  readonly required?: boolean
  readonly schema: Schema
}

export interface Parameter extends Header {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
}

export interface SecurityScheme {
  readonly type: 'apiKey' | 'http'
  readonly description: string
  readonly in?: 'cookie'
  readonly name?: string
  readonly scheme?: 'bearer'
  readonly bearerFormat?: 'JWT'
}

export interface Reference {
  readonly $ref: string
}

export interface Schema {
  readonly $ref?: string
  readonly description?: string
  readonly type?: string
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly minimum?: number
  readonly maxLength?: number
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
}
