import type { Mutation } from './core-mutations.ts'

const MAIL = 'test/mail'

/** The guards of links that are mailed. */
export const MAIL_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a password stays only with the client that chose it',
    file: 'src/flows/verify-email.ts',
    from: '  if (!link.registration) return { passwordHash: null }\n  return { passwordHash: link.account ? link.account.passwordHash : link.registration.passwordHash }',
    to: '  return { passwordHash: link.account ? link.account.passwordHash : (link.registration?.passwordHash ?? null) }',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a verification is bound to who is signed in to the account',
    file: 'src/storage/sql/link-store.ts',
    from: 'CASE WHEN id = :user_id THEN :binding_hash END',
    to: 'CASE WHEN :user_id IS NULL OR TRUE THEN :binding_hash END',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a stranger has no part in a registration that is mailed again',
    file: 'src/storage/sql/link-store.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: 'CASE WHEN ${BOUND} THEN password_hash END,\n                    CASE WHEN ${BOUND} THEN binding_hash END,',
    to: 'password_hash, :binding_hash,',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'a code is tried five times',
    file: 'src/storage/sql/sign-in-codes.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: 'AND code_tries < ${CODE_MAX_TRIES} AND',
    to: 'AND',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'the codes of an account have one budget',
    file: 'src/storage/sql/sign-in-codes.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: ' AND NOT ${TRIED_TOO_OFTEN}',
    to: '',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a try at a code is counted only while its source has something left',
    file: 'src/storage/sql/sign-in-codes.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: 'WHERE ${PREVIOUS_CHANGED} AND token_hash',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    to: 'WHERE (${PREVIOUS_CHANGED} OR TRUE) AND token_hash',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a source has one budget for the codes of all accounts',
    file: 'src/storage/sql/sign-in-codes.ts',
    from: 'if (spent.length === 0)',
    to: 'if (spent.length < 0)',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a code works with the secret of the browser that asked',
    file: 'src/storage/sql/sign-in-codes.ts',
    from: "WHERE purpose = 'sign-in' AND binding_hash = :binding_hash AND expires_at",
    to: "WHERE purpose = 'sign-in' AND :binding_hash IS NOT NULL AND expires_at",
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'an older code does not tell whether a newer link was mailed',
    file: 'src/storage/sql/sign-in-codes.ts',
    from: 'UPDATE one_time_tokens SET code_mac = NULL',
    to: 'UPDATE one_time_tokens SET code_mac = code_mac',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a link signs in only where somebody registered',
    file: 'src/flows/verify-email.ts',
    from: 'if (binding === null || bindingHash === null || !mode) {',
    to: 'if (binding === null || !mode) {',
    tests: [`${MAIL}/return-to.test.ts`],
  },
  {
    guard: 'where to go is checked again when a link is used',
    file: 'src/api/answer.ts',
    from: 'return goal === null ? {} : { return_to: goal }',
    to: 'return returnTo === null ? {} : { return_to: returnTo }',
    tests: [`${MAIL}/return-to.test.ts`],
  },
  {
    guard: 'a repeated link leads to the goal that its browser remembers',
    file: 'src/flows/sign-in/mailed-link.ts',
    from: 'if (!presented) return repeat(rememberedGoal)',
    to: 'if (!presented) return repeat(null)',
    tests: [`${MAIL}/mailed-pages.test.ts`],
  },
  {
    guard: 'the goal of a used link is remembered while it may be repeated',
    file: 'src/api/sign-in/accounts.ts',
    from: 'if (token === undefined) clearMailSent',
    to: 'if (token !== null) clearMailSent',
    tests: [`${MAIL}/mailed-pages.test.ts`],
  },
  {
    guard: 'only the same browser replaces a link',
    file: 'src/storage/sql/replaced-links.ts',
    from: ' AND older.binding_hash = newest.binding_hash\n',
    to: '\n',
    tests: [`${MAIL}/sign-in-link.test.ts`, `${MAIL}/links-of-one-account.test.ts`],
  },
  {
    guard: 'the links of an account are bounded',
    file: 'src/storage/sql/replaced-links.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: 'LIMIT ${NO_LIMIT} OFFSET :kept',
    to: 'LIMIT 0 OFFSET :kept',
    tests: [`${MAIL}/links-of-one-account.test.ts`],
  },
  {
    guard: 'a proof left over takes nothing from an address that is proven',
    file: 'src/storage/sql/link-uses.ts',
    from: "\n                                   AND (used.purpose <> 'verify-email' OR email_verified_at IS NULL))))",
    to: ')))',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'using a link ends the others of its kind',
    file: 'src/storage/sql/link-uses.ts',
    from: 'WHERE purpose = :purpose AND holder = (\n        SELECT holder',
    to: 'WHERE token_hash = (\n        SELECT token_hash',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'a sign-in link is good only where it was asked for',
    file: 'src/flows/sign-in/mailed-link.ts',
    from: 'if (!(await matchesSecret(binding, presented.link.bindingHash))) return',
    to: 'if (presented.link.bindingHash === null) return',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'an address change is confirmed where it was asked for',
    file: 'src/flows/change-email.ts',
    from: "  if (!(await matchesSecret(binding, link.bindingHash))) return { outcome: 'invalid-link' }\n",
    to: '',
    tests: [`${MAIL}/change-email.test.ts`],
  },
  {
    guard: 'the first proof of an address drops the password there was',
    file: 'src/storage/sql/first-proof.ts',
    from: 'password_hash = CASE WHEN email_verified_at IS NULL AND NOT',
    to: 'password_hash = CASE WHEN FALSE AND NOT',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'a reset ends every session',
    file: 'src/storage/sql/link-uses.ts',
    from: '          ifPasswordHash: passwordHash,\n',
    to: "          ifPasswordHash: 'none',\n",
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'a token is used up',
    file: 'src/storage/sql/link-uses.ts',
    from: '`DELETE FROM one_time_tokens\n',
    to: '`UPDATE one_time_tokens SET expires_at = expires_at\n',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'mail to an address is limited',
    file: 'src/storage/sql/mail-requests.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: The text of the code.
    from: 'WHERE mail_requests.spent_until - :now <= ${MAIL_ROOM_SECONDS}',
    to: 'WHERE TRUE',
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'nobody learns by an address change that an address is taken',
    file: 'src/storage/sql/mail-queue.ts',
    from: 'AND other.id <> holder)',
    to: "AND other.id = '')",
    tests: [`${MAIL}/change-email.test.ts`, `${MAIL}/change-email-limits.test.ts`],
  },
  {
    guard: 'the token of a waiting mail is encrypted',
    file: 'src/storage/sql/mail-queue.ts',
    from: "const sealed = await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(text))",
    to: 'const sealed = { text, secretId: keyring === null ? id : seal.name }',
    tests: [`${MAIL}/outbox.test.ts`],
  },
  {
    guard: 'what a client wrote stands in no mail',
    file: 'src/storage/sql/mail-queue.ts',
    from: 'const details: MailDetails = { device: describeDevice(userAgent)',
    to: 'const details: MailDetails = { device: userAgent',
    tests: [`${MAIL}/notices.test.ts`],
  },
  {
    guard: 'closing a registration does not lift the proof of addresses',
    file: 'src/config/settings.ts',
    from: "registration !== 'open' && mailer",
    to: "registration === 'verified' && mailer",
    tests: [`${MAIL}/mail-config.test.ts`],
  },
  {
    guard: 'where addresses are to be proven nobody signs in before',
    file: 'src/flows/sign-in/attempt-password.ts',
    from: 'if (services.verifiedOnly && ',
    to: 'if (services.verifiedOnly && !services.verifiedOnly && ',
    tests: [`${MAIL}/verify-links.test.ts`, `${MAIL}/verified-registration.test.ts`],
  },
]
