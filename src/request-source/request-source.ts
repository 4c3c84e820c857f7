/** Says where a request comes from, as far as Cloudflare and the client say. */
export interface RequestSource {
  /** The id of the request: in the log, in the audit trail and in every problem. */
  readonly requestId: string
  /** IP address as the edge saw it, or `null` where it did not say. */
  readonly address: string | null
  /** The User-Agent that the client sent, at most 256 bytes of UTF-8, without controls. */
  readonly userAgent: string | null
  /** ISO 3166-1 alpha-2, as Cloudflare placed the client. */
  readonly country: string | null
  /** The language in which it reads pages, and so gets mail: a BCP 47 tag. */
  readonly language: string
}
