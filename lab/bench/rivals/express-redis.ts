import { randomBytes } from 'node:crypto'
import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { createClient } from 'redis'

/**
 * express-session with Redis and passport, in one Node process, as their documentation has them. `deserializeUser` reads
 * nothing, so a protected request costs one read of Redis; most apps also read the account here.
 */
const client = createClient({ socket: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) } })
await client.connect()

interface Account {
  readonly id: string
}

passport.serializeUser<Account>((user, done) => done(null, user as Account))
passport.deserializeUser<Account>((user, done) => done(null, user))

const app = express()
app.use(
  session({
    store: new RedisStore({ client }),
    secret: randomBytes(32).toString('base64url'),
    resave: false,
    saveUninitialized: false,
  }),
)
app.use(passport.session())
app.post('/enter', express.json(), (req, res, next) => {
  req.login({ id: req.body.user_id }, (error) => (error ? next(error) : res.json({})))
})
app.get('/protected', (req, res) => {
  if (req.isAuthenticated()) res.json({ user_id: (req.user as Account).id })
  else res.status(401).json({})
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
