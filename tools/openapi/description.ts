/** The rules of every operation, in CommonMark. */
export const DESCRIPTION = `Each sign-in creates one session record, in one of two modes: \`session\` gives a cookie, \`token\` gives an access token and a refresh token. Every operation that needs a caller accepts either credential.

**Bodies** are JSON objects of exactly the fields named, at most 64 KiB, in UTF-8. Most operations accept forms, too, for pages. Answers may get members that are not described here. Times are RFC 3339 in UTC.

**Errors** are \`application/problem+json\` (RFC 9457). An unknown path returns 404 \`not-found\`. A known path with another method returns 405 \`method-not-allowed\` with \`Allow\`. Errors are HTML when \`Accept\` prefers \`text/html\`, and JSON otherwise.

**Cross-site rule.** Janus rejects a request that changes something and carries no \`Authorization\` header if a browser says that it comes from another site, unless its origin is listed in \`ALLOWED_ORIGINS\`. Listed origins get CORS headers.

**Live** operations (\`x-live\`) check in the database whether the session is active. The others may accept a session for a while after it ended: about a minute and a half in session mode, until the access token expires in token mode.`
