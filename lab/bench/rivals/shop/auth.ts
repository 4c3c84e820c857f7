import { env, waitUntil } from 'cloudflare:workers'
import { betterAuth } from 'better-auth'

const send = async (to: string, subject: string, text: string) => {
  await env.EMAIL.send({ from: env.MAIL_FROM, to, subject, text })
}

export const auth = betterAuth({
  database: env.DB,
  baseURL: env.BETTER_AUTH_URL,
  secret: env.BETTER_AUTH_SECRET,
  emailAndPassword: {
    enabled: true,
    requireEmailVerification: true,
    revokeSessionsOnPasswordReset: true,
    sendResetPassword: ({ user, url }) => send(user.email, 'Choose a new password', url),
  },
  emailVerification: {
    sendOnSignIn: true,
    autoSignInAfterVerification: true,
    sendVerificationEmail: ({ user, url }) => send(user.email, 'Verify your email address', url),
  },
  // The default counts in memory, which is of one isolate here.
  rateLimit: { storage: 'database' },
  advanced: {
    ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
    backgroundTasks: { handler: waitUntil },
  },
})
