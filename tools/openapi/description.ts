/** What is so of every operation, in CommonMark. */
export const DESCRIPTION = `One session record for each sign-in, in two modes: with a cookie (\`session\`), or with an access token and a refresh token (\`token\`). Every operation that needs a caller takes either credential.

**Bodies** are JSON objects of exactly the fields named, at most 64 KiB, in UTF-8; most operations take forms, too, for pages. Answers may get members that are not described here. Times are RFC 3339 in UTC.

**Refusals** are \`application/problem+json\` (RFC 9457). A path that is not here is answered 404 \`not-found\`, a method that is not here 405 \`method-not-allowed\` with \`Allow\`. Who prefers \`text/html\` (\`Accept\`), as browsers do, is answered with pages instead.

**Cross-site rule.** A request that changes something and is not carried by \`Authorization\` is refused when a browser says that it comes from another site, unless its origin is listed in \`ALLOWED_ORIGINS\`. Listed origins get CORS headers.

**Live** operations (\`x-live\`) ask the database whether the session still stands. The others may accept a session for a while after it has ended: for about a minute in session mode, until the access token expires in token mode.`
