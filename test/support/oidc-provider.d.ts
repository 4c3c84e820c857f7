/** Declares the part of the package that a test uses. It brings no types. */
declare module 'oidc-provider' {
  export class Provider {
    constructor(issuer: string, configuration: object)
    callback(): import('node:http').RequestListener
  }
}
