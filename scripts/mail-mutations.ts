import type { Mutation } from './mutations.ts'

const MAIL = 'test/mail'

/** The guards of links that are mailed. */
export const MAIL_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a password stays only with the client that chose it',
    file: 'src/accounts/verify-email.ts',
    from: '  if (!isSameClient) return { passwordHash: null }\n',
    to: '',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a verification is bound to who is signed in to the account',
    file: 'src/links/d1-link-store.ts',
    from: 'CASE WHEN id = ?6 THEN ?2 END',
    to: 'CASE WHEN ?6 IS NULL OR TRUE THEN ?2 END',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a sign-in link is good only where it was asked for',
    file: 'src/accounts/sign-in-link.ts',
    from: ' || !(await matchesSecret(binding, found.bindingHash))',
    to: '',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'an address change is confirmed where it was asked for',
    file: 'src/accounts/change-email.ts',
    from: "  if (!(await matchesSecret(binding, found.bindingHash))) return { outcome: 'invalid-link' }\n",
    to: '',
    tests: [`${MAIL}/change-email.test.ts`],
  },
  {
    guard: 'the first proof of an address drops the password there was',
    file: 'src/links/d1-link-uses.ts',
    from: 'CASE WHEN email_verified_at IS NULL THEN NULL ELSE password_hash END',
    to: 'password_hash',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'a reset ends every session',
    file: 'src/links/d1-link-uses.ts',
    from: '          ifPasswordHash: passwordHash,\n',
    to: "          ifPasswordHash: 'none',\n",
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'a token is used up',
    file: 'src/links/d1-link-uses.ts',
    from: '`DELETE FROM one_time_tokens\n',
    to: '`UPDATE one_time_tokens SET expires_at = expires_at\n',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'mail to an address is limited',
    file: 'src/throttling/d1-mail-requests.ts',
    from: 'WHERE max(spent_until, ?3) + ?4 <= ?3 + ?4 * ?5',
    to: 'WHERE ?5 > 0',
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'nobody learns by an address change that an address is taken',
    file: 'src/mail/d1-mail-queue.ts',
    from: 'AND other.id <> holder)',
    to: "AND other.id = '')",
    tests: [`${MAIL}/change-email.test.ts`, `${MAIL}/change-email-limits.test.ts`],
  },
  {
    guard: 'the token of a waiting mail is encrypted',
    file: 'src/mail/d1-mail-queue.ts',
    from: "const sealed = await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(token.text))",
    to: 'const sealed = { text: token.text, secretId: keyring === null ? id : seal.name }',
    tests: [`${MAIL}/outbox.test.ts`],
  },
  {
    guard: 'what a client wrote stands in no mail',
    file: 'src/mail/d1-mail-queue.ts',
    from: 'const details = { device: describeDevice(mail.client.userAgent)',
    to: 'const details = { device: mail.client.userAgent',
    tests: [`${MAIL}/notices.test.ts`],
  },
  {
    guard: 'where addresses are to be proven nobody signs in before',
    file: 'src/accounts/attempt-password.ts',
    from: 'if (services.verifiedOnly && ',
    to: 'if (services.verifiedOnly && !services.verifiedOnly && ',
    tests: [`${MAIL}/verify-links.test.ts`, `${MAIL}/verified-registration.test.ts`],
  },
]
