import { Hono } from 'hono'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { worker } from './worker.ts'

const ISSUER = 'https://bench.example'

/** The floor of a token: a bare route that verifies one ES256 signature with jose. */
export default worker(() => {
  let made: ReturnType<typeof generateKeyPair> | undefined
  const keys = () => {
    made ??= generateKeyPair('ES256')
    return made
  }
  return new Hono()
    .post('/enter', async (c) => {
      const { user_id } = await c.req.json()
      const token = await new SignJWT({
        sid: crypto.randomUUID(),
        roles: [],
        auth_time: 0,
        client_id: ISSUER,
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })
        .setSubject(user_id)
        .setIssuer(ISSUER)
        .setAudience(ISSUER)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign((await keys()).privateKey)
      return c.json({ token })
    })
    .get('/protected', async (c) => {
      const token = c.req.header('Authorization')?.slice('Bearer '.length) ?? ''
      const options = { algorithms: ['ES256'], issuer: ISSUER, audience: ISSUER, typ: 'at+jwt' }
      const verified = await jwtVerify(token, (await keys()).publicKey, options).catch(() => null)
      return verified ? c.json({ user_id: verified.payload.sub }) : c.json({}, 401)
    })
})
