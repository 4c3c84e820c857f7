import type { Mutation } from './mutation.ts'

const MAIL = 'test/mail'

/** The guards of links that are mailed. */
export const MAIL_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a second click on a form that sends mail sends nothing',
    cut: '=== null',
    put: "!== ''",
    tests: [`${MAIL}/asked-once.test.ts`],
  },
  {
    guard: 'an attempt is all that was asked for, too',
    cut: ', ...details',
    tests: [`${MAIL}/asked-once.test.ts`],
  },
  {
    guard: 'an attempt is repeated for seconds only',
    cut: 'clock() - REPEAT_SECONDS',
    put: '0',
    tests: [`${MAIL}/asked-once.test.ts`],
  },
  {
    guard: 'an attempt that was refused was not carried out',
    cut: 'PREVIOUS_CHANGED',
    put: '(PREVIOUS_CHANGED + " OR true")',
    tests: [`${MAIL}/asked-once.test.ts`],
  },
  {
    guard: 'two first clicks get one secret',
    cut: '=== null',
    put: "!== ''",
    tests: [`${MAIL}/asked-once.test.ts`],
  },
  {
    guard: 'a password stays only with the client that chose it',
    cut: 'if (!link.registration) return { passwordHash: null }\n  return { passwordHash: link.account ? link.account.passwordHash : link.registration.passwordHash',
    put: 'return { passwordHash: link.account ? link.account.passwordHash : (link.registration?.passwordHash ?? null)',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a verification is bound to who is signed in to the account',
    cut: 'id = :user_id',
    put: ':user_id IS NULL OR TRUE',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'a stranger has no part in a registration that is mailed again',
    cut: `CASE WHEN \${BOUND} THEN password_hash END,\n                    CASE WHEN \${BOUND} THEN binding_hash END`,
    put: 'password_hash, :binding_hash',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'a code is tried five times',
    cut: ` code_tries < \${CODE_MAX_TRIES} AND`,
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'the codes of an account have one budget',
    cut: ` AND NOT \${TRIED_TOO_OFTEN}`,
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a try at a code is counted only while its source has something left',
    cut: `\${PREVIOUS_CHANGED}`,
    put: `(\${PREVIOUS_CHANGED} OR TRUE)`,
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a source has one budget for the codes of all accounts',
    cut: 'length === 0',
    put: 'length < 0',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a code works with the secret of the browser that asked',
    cut: 'binding_hash = :binding_hash',
    put: ':binding_hash IS NOT NULL',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'an older code does not tell whether a newer link was mailed',
    cut: 'NULL',
    put: 'code_mac',
    tests: [`${MAIL}/sign-in-code.test.ts`],
  },
  {
    guard: 'a link signs in only where somebody registered',
    cut: 'bindingHash === null || ',
    tests: [`${MAIL}/verified-registration.test.ts`],
  },
  {
    guard: 'where to go is checked again when a link is used',
    cut: 'goal === null ? {} : { return_to: goal',
    put: 'returnTo === null ? {} : { return_to: returnTo',
    tests: [`${MAIL}/return-to.test.ts`],
  },
  {
    guard: 'a repeated link leads to the goal that its browser remembers',
    cut: 'rememberedGoal',
    put: 'null',
    tests: [`${MAIL}/mailed-pages.test.ts`],
  },
  {
    guard: 'the goal of a used link is remembered while it may be repeated',
    cut: '=== undefined',
    put: '!== null',
    tests: [`${MAIL}/mailed-pages.test.ts`],
  },
  {
    guard: 'only the same browser replaces a link',
    cut: ' AND older.binding_hash = newest.binding_hash',
    tests: [`${MAIL}/sign-in-link.test.ts`, `${MAIL}/links-of-one-account.test.ts`],
  },
  {
    guard: 'the links of an account are bounded',
    cut: `\${NO_LIMIT}`,
    put: '0',
    tests: [`${MAIL}/links-of-one-account.test.ts`],
  },
  {
    guard: 'a proof left over takes nothing from an address that is proven',
    cut: "\n                                   AND (used.purpose <> 'verify-email' OR email_verified_at IS NULL)",
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'using a link ends the others of its kind',
    cut: 'purpose = :purpose AND holder = (\n        SELECT holder',
    put: 'token_hash = (\n        SELECT token_hash',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'a sign-in link is good only where it was asked for',
    cut: '!(await matchesSecret(binding, presented.link.bindingHash))',
    put: 'presented.link.bindingHash === null',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'an address change is confirmed where it was asked for',
    tests: [`${MAIL}/change-email.test.ts`],
  },
  {
    guard: 'the first proof of an address drops the password there was',
    cut: 'email_verified_at IS NULL',
    put: 'FALSE',
    tests: [`${MAIL}/sign-in-link.test.ts`],
  },
  {
    guard: 'a reset ends every session',
    cut: 'passwordHash',
    put: "'none'",
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'a token is used up',
    cut: 'DELETE FROM one_time_tokens',
    put: 'UPDATE one_time_tokens SET expires_at = expires_at',
    tests: [`${MAIL}/verify-links.test.ts`],
  },
  {
    guard: 'mail to an address is limited',
    cut: `mail_requests.spent_until - :now <= \${MAIL_ROOM_SECONDS}`,
    put: 'TRUE',
    tests: [`${MAIL}/password-reset.test.ts`],
  },
  {
    guard: 'nobody learns by an address change that an address is taken',
    cut: '<> holder',
    put: "= ''",
    tests: [`${MAIL}/change-email.test.ts`, `${MAIL}/change-email-limits.test.ts`],
  },
  {
    guard: 'the token of a waiting mail is encrypted',
    cut: "await seal(keyring, 'mail-encryption', id, new TextEncoder().encode(text))",
    put: '{ text, secretId: keyring === null ? id : seal.name }',
    tests: [`${MAIL}/outbox.test.ts`],
  },
  {
    guard: 'what a client wrote stands in no mail',
    cut: 'describeDevice(userAgent)',
    put: 'userAgent',
    tests: [`${MAIL}/notices.test.ts`],
  },
  {
    guard: 'closing a registration does not lift the proof of addresses',
    cut: "!== 'open",
    put: "=== 'verified",
    tests: [`${MAIL}/mail-config.test.ts`],
  },
  {
    guard: 'where addresses are to be proven nobody signs in before',
    cut: 'verifiedOnly && ',
    put: 'verifiedOnly && !services.verifiedOnly && ',
    tests: [`${MAIL}/verify-links.test.ts`, `${MAIL}/verified-registration.test.ts`],
  },
]
