/** Describes what a test uses of it. The package brings no types. */
declare module 'oidc-provider' {
  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): import('node:http').RequestListener
  }
}
