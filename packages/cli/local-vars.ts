/** What `npm start` sets besides wrangler.toml: mail is printed, the playground is on. */
export function localVars(issuer: string): Readonly<Record<string, string>> {
  return { ISSUER: issuer, MAILER: 'console', PLAYGROUND: 'on' }
}
