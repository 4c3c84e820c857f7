const PATIENCE_MS = 5_000

type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Returns what is wrong with the metadata at a URL, which has to name the issuer (RFC 8414 §3.3, OpenID Connect Discovery 1.0 §4.3). */
export async function findIssuerFault(url: string, issuer: string, ask: Fetch): Promise<string | null> {
  try {
    const response = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    if (response.status !== 200) return `answers ${response.status}`
    const document = (await response.json()) as { readonly issuer?: unknown } | null
    // What another server wrote does not go to the terminal.
    return document?.issuer === issuer ? null : 'names another issuer'
  } catch (failure) {
    if (!(failure instanceof Error)) throw failure
    if (failure.name === 'TimeoutError') return `does not answer within ${PATIENCE_MS / 1000} seconds`
    return failure instanceof SyntaxError ? 'does not answer with JSON' : 'cannot be reached'
  }
}
