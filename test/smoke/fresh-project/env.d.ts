// What `wrangler types` would find in wrangler.toml, as far as it is used; and two bindings, as it writes them where Janus's source is not.
declare namespace Cloudflare {
  interface Env {
    ISSUER: string
    JANUS: Service /* entrypoint Janus from janus */
    AUTH: Fetcher /* janus */
  }
}
