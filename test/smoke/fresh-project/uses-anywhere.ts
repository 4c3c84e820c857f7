// Compiled, never run: what the types of `janus/verify` and `janus/client` let one write where there are none of Workers.
import { createJanusClient, JanusProblem } from 'janus/client'
import { createAccountClient } from 'janus/client/account'
import { createTokens } from 'janus/client/tokens'
import { createVerifier, type Verifier } from 'janus/verify'

const verifier: Verifier = createVerifier({ issuer: 'https://example.com/auth', audience: 'notes' })
const verdict = await verifier.authenticate(new Headers())
// @ts-expect-error Whether there is one is to be asked first.
verdict.principal
export const name: string = verdict.ok ? verdict.principal.userId : verdict.problem.body.title
// @ts-expect-error Whom to trust is not to be guessed.
createVerifier({})
// @ts-expect-error Only Janus itself can end a session.
verifier.endSession

const client = createJanusClient({
  issuer: 'https://example.com/auth',
  mode: 'token',
  createTokens,
  refreshIn: 'body',
})
const me = await client.me()
export const names: Promise<string | null> = createAccountClient(client)
  .update({ name: null })
  .then(({ name }) => name)
// @ts-expect-error There may be nobody.
me.user
export const email: string | undefined = me?.user.email
export const codes = [new Error()].map((error) => (error instanceof JanusProblem ? error.code : null))
// @ts-expect-error Nothing would carry tokens.
createJanusClient({ issuer: 'https://example.com/auth', mode: 'token' })
// @ts-expect-error There is no such mode.
createJanusClient({ issuer: 'https://example.com/auth', mode: 'jwt' })
// @ts-expect-error A storage is for tokens.
createJanusClient({ issuer: 'https://example.com/auth', mode: 'session', storage: new Map() })
