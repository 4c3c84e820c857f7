import { Hono } from 'hono'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { createKeyring } from '../../../src/crypto/keyring.ts'
import { createSignedTexts } from '../../../src/sessions/signed-texts.ts'
import { worker } from './worker.ts'

const TIMES = 5000

/** The two verifications that a protected request makes when nothing is remembered: of a session's copy, and of an access token. */
export default worker(({ AUTH_SECRET, ISSUER }) =>
  new Hono().get('/', async (c) => {
    const copies = createSignedTexts({
      keyring: createKeyring([AUTH_SECRET]),
      issuer: ISSUER,
      purpose: 'session-copy',
    })
    const copy = await copies.sign('session:bench', JSON.stringify({ session: 'x'.repeat(400) }))
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const token = await new SignJWT({ sid: 'bench' }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
    const copyMicroseconds = await time(async () => {
      if ((await copies.open('session:bench', copy)) === null) throw new Error('the copy is not valid')
    })
    const tokenMicroseconds = await time(() => jwtVerify(token, publicKey, { algorithms: ['ES256'] }))
    return c.json({ copyMicroseconds, tokenMicroseconds })
  }),
)

/** Returns the mean of many, in microseconds. A local workerd's clock moves while code computes. */
async function time(run: () => Promise<unknown>): Promise<number> {
  for (let n = 0; n < TIMES / 10; n++) await run()
  const begun = performance.now()
  for (let n = 0; n < TIMES; n++) await run()
  return ((performance.now() - begun) * 1000) / TIMES
}
