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
<p>In an app of your own, run <code>npx janus dev</code>. It makes what is missing on this machine: a secret, an issuer and the tables.
<code>npx janus doctor</code> says what to do about each setting. Yours are in <code>vars</code> of the wrangler configuration, and secrets in
<code>.dev.vars</code>: see <code>node_modules/janus/docs/start/add-to-your-worker.md</code>.</p>
<p>In a checkout of Janus, the commands are <code>npm start</code> and <code>npm run doctor</code>.</p>
<p>Only a browser on this machine is shown this page.</p>
</html>`
}

/** Escapes text here, because nothing else in an API without pages needs the helper of Hono. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
