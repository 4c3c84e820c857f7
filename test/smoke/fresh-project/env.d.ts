// What `wrangler types` would find in wrangler.toml, as far as it is used.
declare namespace Cloudflare {
  interface Env {
    ISSUER: string
  }
}
