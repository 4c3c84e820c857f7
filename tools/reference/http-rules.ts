/** Markdown: what is the same for every route. */
export const HTTP_RULES = `
## Requests and answers

\`ISSUER\` is the public base URL. Its path is the base path of every route. JSON is snake_case, and times are RFC 3339 in UTC.

A body is a JSON object with exactly the fields named, at most 64 KiB, in UTF-8. An absent body counts as \`{}\`. \`?\` marks an optional field.
Answers may get members that are not described here.

- **Signed in**: the caller sends the session cookie, or an access token in \`Authorization\`. **Live**: Janus also reads from D1 whether the session is still active
  ([staleness](../explain/staleness.md)).
- **Which credential counts.** An \`Authorization\` header decides. An invalid token is rejected, and the cookie is not tried. Beside a valid token the cookie is
  ignored. Two session cookies at once are rejected, because another host planted one of them.
- **Modes.** What a sign-in returns in each mode is in [sign-in](../guides/sign-in.md#modes).
- **\`device_token\`** is the device credential of clients without cookies: [sessions and devices](../guides/sessions-and-devices.md#known-devices).
- **\`binding\`** proves that the same client requested a mailed link: [mail](../guides/mail.md#what-is-mailed).
- **\`account_id\`.** Requests that change the caller's own account take it. If another account is signed in, Janus rejects them with \`account-mismatch\`, so a tab that was left open
  cannot change the wrong account ([why](../explain/decisions/0030-a-form-says-whose-account-it-is-about.md)).

## Forms

Every POST except \`/refresh\` also takes \`application/x-www-form-urlencoded\`. Success is 303 to \`return_to\`: a path on this origin, or a URL that begins, byte for
byte, with the origin of \`APP_URL\` or one of \`ALLOWED_ORIGINS\`. Janus ignores any other target and leads to \`APP_URL\`.

## Pages

\`GET\` of \`/login\`, \`/register\`, \`/login/link\`, \`/password/forgot\`, \`/account\` and of the paths in mailed links returns a page. \`GET /\` and \`GET /problems/:code\` return
a page if \`Accept\` prefers \`text/html\`, as browsers send it. Errors are HTML when \`Accept\` prefers \`text/html\`, and JSON otherwise. The language is English, German or
Spanish by \`Accept-Language\`. A browser that requests the path of a form (\`/password\`, \`/me\`) is redirected to its page. \`GET /.well-known/change-password\` redirects to
the password on the account page.

## Cross-site rule

Janus rejects an unsafe request, or the handshake of a WebSocket, if \`Sec-Fetch-Site\` is \`same-site\` or \`cross-site\`. Without that header, \`Origin\` must be Janus's own.
Requests with an \`Authorization\` header are exempt. So are origins in \`ALLOWED_ORIGINS\`: they get CORS headers and may send request headers of any name. A request with neither header does not come
from a browser and passes, as in Go's \`net/http.CrossOriginProtection\`.

## Errors

An error is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`code\`, \`detail\` and \`instance\` (the request id, which is also in the log). Invalid input adds
\`errors: [{field, code, message}]\` with every fault. Nothing that the client sent is repeated. A 401 always carries a challenge.

The tables below list the problems that are a route's own. Any route may also return
[\`cross-site-request\`](problems.md#cross-site-request) (unsafe methods), [\`too-many-attempts\`](problems.md#too-many-attempts), [\`invalid-input\`](problems.md#invalid-input) and other problems of
the body, the four problems of a missing or invalid credential, [\`store-unavailable\`](problems.md#store-unavailable) and [\`internal-error\`](problems.md#internal-error).
An unknown path returns 404 \`not-found\`. A known path with another method returns 405 \`method-not-allowed\`.
With \`MAILER=none\`, routes that send mail return 404.
`
