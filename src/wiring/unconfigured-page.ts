import type { ConfigFault } from '../config/fault'

/** Returns the page for a developer's browser while settings are missing or wrong. Names settings, never values. */
export function unconfiguredPage(faults: readonly ConfigFault[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Janus is not configured</title>
<h1>Janus is not configured</h1>
<ul>${faults.map(({ message }) => `<li>${escapeHtml(message)}.</li>`).join('')}</ul>
<p>In a checkout of Janus, run <code>npm start</code>. It makes what is missing on this machine: a secret, an issuer and the tables.
<code>npm run doctor</code> says what to do about each setting.</p>
<p>In an app of your own, put <code>AUTH_SECRET</code> into <code>.dev.vars</code> and the other settings into <code>[vars]</code> of
<code>wrangler.toml</code>: see <code>docs/start/add-to-your-worker.md</code>. Then run <code>npx wrangler d1 migrations apply DB --local</code>.</p>
<p>Only a browser on this machine is shown this page.</p>
</html>`
}

/** Escapes text here, because nothing else in an API without pages needs the helper of Hono. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
