// Compiled, never run: what the types of `janus/verify` let one write where there are none of Workers.
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
