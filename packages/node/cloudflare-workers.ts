// Takes the place of the module `cloudflare:workers` in the bundle for Node (tools/build-package.ts, packages/cli/serve/janus-on-node.ts).

/** Throws: code that serves Janus on Node passes `defer`, so nothing calls this. */
export function waitUntil(): never {
  throw new Error('Node has no waitUntil: pass defer to createJanus')
}
