import type { Mutation } from './mutation.ts'

const RECOVERY = ['test/contracts/factor-recovery.test.ts']

const REQUIRED_FACTOR = ['test/contracts/required-second-factor.test.ts']

/** The guards of what ends an account, its password and its sessions. */
export const ACCOUNT_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'a recovery is asked for by whoever has just proven the mailbox',
    cut: `AND methods LIKE '%"link"%'`,
    put: '',
    tests: RECOVERY,
  },
  {
    guard: 'a recovery takes an address that is proven',
    cut: 'AND email_verified_at IS NOT NULL',
    put: '',
    tests: RECOVERY,
  },
  {
    guard: 'a recovery that runs is told of only to whoever could have asked for it',
    cut: `!row.methods.includes('"link"')`,
    put: 'false',
    tests: RECOVERY,
  },
  {
    guard: 'a recovery ends every session',
    cut: 'AND ended_at IS NULL AND',
    put: 'AND ended_at IS NOT NULL AND',
    tests: RECOVERY,
  },
  {
    guard: 'a recovery takes effect once its delay is over',
    cut: 'AND due_at <= :now',
    put: 'AND due_at <= :now + 999999999',
    tests: RECOVERY,
  },
  {
    guard: 'a session that goes on stops no recovery',
    file: 'src/storage/d1/migrations/0039_factor_proven_now.sql',
    cut: '>= started_at);\nEND;\n\nCREATE',
    put: '>= 0);\nEND;\n\nCREATE',
    tests: RECOVERY,
  },
  {
    guard: 'a second factor that is proven again stops a recovery',
    file: 'src/storage/d1/migrations/0039_factor_proven_now.sql',
    cut: 'AFTER UPDATE OF methods ON',
    put: 'AFTER UPDATE OF mode ON',
    tests: RECOVERY,
  },
  {
    guard: 'an owner is told that an operator removed the second factors',
    cut: 'changes() > 0',
    put: 'changes() > 9',
    tests: ['test/cli/users.test.ts'],
  },
  {
    guard: 'passkeys are removed by those who may change the account',
    cut: 'DELETE FROM passkeys WHERE user_id = :user_id',
    put: 'DELETE FROM passkeys WHERE 1 = 0 AND user_id = :user_id',
    tests: ['test/cli/users.test.ts'],
  },
  ...(
    [
      ['an administrator is somebody whose session stands', 'live?.session.userId !== by.userId', '!live'],
      ['administration takes the role, as the account has it now', '!live.roles.includes(role)', 'false'],
      [
        'who must have a second factor administers with one',
        'lacksFactor(services.factorPolicy,',
        'false && lacksFactor(services.factorPolicy,',
      ],
      ['administration takes a recent proof', 'terms && !isRecent', 'false && !isRecent'],
      ['an administrator does not change their own account', 'userId === administrator.userId', 'false'],
      ['nobody gives or takes a role beyond their own', 'gives.includes(role)', 'true'],
      [
        'who is an administrator no more changes nothing',
        'actor.roles = :actor_roles',
        ':actor_roles = :actor_roles',
      ],
      [
        'an invitation takes no account whose address is proven',
        'WHERE id = :user_id AND email_verified_at IS NULL AND disabled_at',
        'WHERE id = :user_id AND disabled_at',
      ],
    ] as const
  ).map(([guard, cut, put]) => ({ guard, cut, put, tests: ['test/contracts/administration.test.ts'] })),
  {
    guard: 'an administrator changes what they may change, at the instant of the change',
    cut: `AND \${guard.condition} RETURNING`,
    put: `AND (\${guard.condition} OR TRUE) RETURNING`,
    tests: ['test/contracts/administration.test.ts'],
  },
  {
    guard: 'the chain covers a digest of address and agent',
    cut: 'digest === null ? row',
    put: 'digest === null || digest ? row',
    tests: ['test/audit/chain.test.ts'],
  },
  {
    guard: 'of two sweeps at once one seals',
    cut: 'oldest.seq = :first AND oldest.chain_hash IS NULL',
    put: 'oldest.seq >= :first',
    tests: ['test/audit/chain.test.ts'],
  },
  {
    guard: 'where events of a deleted account came from is forgotten',
    cut: 'address = NULL, user_agent = NULL',
    put: 'address = address, user_agent = NULL',
    tests: ['test/audit/chain.test.ts'],
  },
  {
    guard: 'an address or agent that was changed shows',
    cut: '(wasForgotten && Number(row.has_account) === 1)',
    put: 'false',
    tests: ['test/smoke/operator.test.ts'],
  },
  ...(
    [
      [
        'a token of another site or another form is refused',
        'hostnames.includes(answer.hostname) && answer.action === action',
        'true',
      ],
      [
        'what a client sends does not look like an outage',
        "codes.includes('internal-error')",
        'codes.length > 0',
      ],
      ['a form for people takes a token', 'humanCheck && isDue(c)', 'false'],
      ['registration is closed while nobody can tell people from programs', "action !== 'register'", 'true'],
      ['a secret that everybody knows is taken on this machine alone', 'isTestSecret(text)', 'false'],
      ['nothing is loaded from Cloudflare unless it is configured', 'turnstile === null', 'false'],
      ['no redirect takes the secret of Turnstile elsewhere', "'manual'", "'follow'"],
    ] as const
  ).map(([guard, cut, put]) => ({ guard, cut, put, tests: ['test/contracts/human-check.test.ts'] })),
  {
    guard: 'an invitation opens no account whose address is proven',
    cut: 'email_verified_at IS NULL AND',
    tests: ['test/contracts/administration.test.ts'],
  },
  {
    guard: 'a newer invitation replaces an older one',
    cut: 'holder = :user_id AND',
    put: 'holder = :user_id AND FALSE AND',
    tests: ['test/contracts/administration.test.ts'],
  },
  {
    guard: 'what was set up before an invitation goes',
    cut: 'email_verified_at = :now, password_hash = NULL',
    put: 'email_verified_at = CASE WHEN :now > 0 THEN email_verified_at END',
    tests: ['test/contracts/administration.test.ts'],
  },
  {
    guard: 'a role that requires a second factor requires it beside other roles, too',
    cut: 'roles.some',
    put: 'roles.every',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'no session begins on one factor for an account that must have a second',
    cut: 'closedTo(factorPolicy, facts.methods)',
    put: 'closedTo({ ...factorPolicy, secondFactor: "optional" }, facts.methods)',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'whatever statement tries it, a session begins only with the factors that are required',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: "${takesOneFactor('users.roles')}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    put: "(${takesOneFactor('users.roles')} OR 1 = 1)",
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a token of one factor opens nothing where a second is required',
    cut: 'lacksFactor(services.factorPolicy, principal)',
    put: 'false',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a session of one factor opens nothing where a second is required',
    cut: 'lacksFactor(services.factorPolicy, principal)',
    put: 'false',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a session of one factor is not refreshed where a second is required',
    cut: 'lacksFactor(services.factorPolicy, { roles, ...assuranceOf(session.methods) })',
    put: 'false',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a passkey is asked for where a second factor is required, before another can be set up',
    cut: 'hasPasskeys ?',
    put: 'false && hasPasskeys ?',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a sign-in sets up a second factor only of an account that has none',
    cut: 'AND NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id)',
    put: '',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'where mail is sent, a password alone sets up no second factor',
    cut: ':sends_mail = 0',
    put: ':sends_mail >= 0',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'a second factor that is required is removed only where a passkey takes its place',
    cut: 'required && ',
    put: 'false && ',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'the last second factor stays where one is required',
    cut: ':required = 0',
    put: ':required >= 0',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'short passwords are accepted only where the common ones are known',
    cut: 'passwordMinLength < LONG_PASSWORD',
    put: 'false',
    tests: ['test/contracts/left-out.test.ts'],
  },
  {
    guard: 'a service that shall tell people from programs does so',
    cut: 'turnstileSiteKey !== null',
    put: 'false',
    tests: ['test/contracts/left-out.test.ts'],
  },
  {
    guard: 'a second factor is required only where there are second factors',
    cut: "secondFactor !== 'optional'",
    put: 'false',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'nobody registers who could set up no second factor',
    cut: "secondFactor === 'required' &&",
    put: 'false &&',
    tests: ['test/mail/mail-config.test.ts'],
  },
  {
    guard: 'metadata is what the schema of the app takes',
    cut: 'if (result.issues)',
    put: 'if (result.issues && !schema)',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'metadata is not nested without end',
    cut: 'depth > METADATA_MAX_DEPTH',
    put: 'depth > 1e9',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'metadata has a limit',
    cut: '> METADATA_MAX_BYTES',
    put: '> 1e9',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'no name in metadata replaces a prototype where an app copies it',
    cut: "name === '__proto__'",
    put: 'name === null',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'text in metadata is whole',
    cut: "text.isWellFormed() && !text.includes('\\0')",
    put: 'text.length >= 0',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'the owner of an account writes only what the app has a schema for',
    cut: '!metadataRules.ownerWrites',
    put: '!metadataRules',
    tests: ['test/contracts/metadata.test.ts'],
  },
  {
    guard: 'an operator who removes a second factor ends the sessions',
    tests: ['test/cli/users.test.ts'],
  },
  {
    guard: 'a second factor that was planted is not asked of the owner',
    cut: 'email_verified_at IS NOT NULL OR',
    put: '1 = 1 OR',
    tests: ['test/mail/sign-in-link.test.ts'],
  },
  {
    guard: 'whoever set a second factor up proves it, also at the first proof of the address',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: It is the text of the source.
    cut: '${HOLDS_SESSION}',
    put: '1 = 0 AND :presented = :presented AND :user_id = :user_id AND :now > 0',
    tests: ['test/mail/sign-in-link.test.ts'],
  },
  {
    guard: 'no event is lost because nothing tells of it',
    cut: 'onEvent !== null',
    put: 'false',
    tests: ['test/contracts/left-out.test.ts'],
  },
  {
    guard: 'an account with a second factor is not signed in to by a service that was made without',
    cut: 'if (!secondFactorPart) {',
    put: `if (!secondFactorPart) {
    const signedIn = await beginSession(services, { ...proven, proof: { method: 'totp', at: proof.at } }, arrival, identity)
    return signedIn && { outcome: 'signed-in', signedIn }`,
    tests: ['test/contracts/left-out.test.ts'],
  },
  {
    guard: 'sign-ins at once with the right password wait for each other',
    tests: ['test/throttling/turns.test.ts'],
  },
  {
    guard: 'mail is never a second factor',
    cut: 'account',
    put: 'possession',
    tests: ['test/sessions/assurance.test.ts'],
  },
  {
    guard: 'a password that is typed later makes no old code look recent',
    cut: '(both ? second : methods)',
    put: 'methods',
    tests: ['test/sessions/assurance.test.ts'],
  },
  {
    guard: 'without a password an account is changed by a recent proof alone',
    put: '    return null',
    tests: ['test/contracts/no-password.test.ts'],
  },
  {
    guard: 'a password alone does not change an account that takes a second factor',
    put: '  return null',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'a passkey that is the second factor is asked for beside the password',
    cut: ' || requiresFactor(policy, user.roles)',
    tests: REQUIRED_FACTOR,
  },
  {
    guard: 'an account that has a password is changed with it',
    tests: ['test/contracts/step-up.test.ts'],
  },
  {
    guard: 'a level whose factor is gone ends with a new password',
    cut: 'hasFactor(account) || !proven.byPassword ? account.session.methods : []',
    put: 'account.session.methods',
    tests: ['test/contracts/passkeys.test.ts'],
  },
  {
    guard: 'a level whose factor is gone ends with the next proof',
    cut: 'hasFactor(account) ? session.methods : []',
    put: 'session.methods',
    tests: ['test/contracts/passkeys.test.ts'],
  },
  {
    guard: 'a password alone does not renew a proof of two factors',
    cut: "=== 'urn:janus:2fa'",
    put: "=== ''",
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'a code proves again who somebody is once',
    cut: 'last_step < CAST(:step AS BIGINT)',
    put: ':step IS NOT NULL',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'a recovery code works once',
    cut: ' AND used_at IS NULL',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'tries at a second factor are delayed',
    cut: 'budgets.blocked_until <= :now AND ',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'tries at a second factor come to an end',
    cut: 'budgets.spent_until - :now <= :room',
    put: ':room > 0',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'only a live session is renewed',
    cut: `AND \${LIVE_SESSION}`,
    put: 'AND :now > 0',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'a session is renewed only by the password that the account has',
    cut: 'AND password_hash =',
    put: 'AND :password_hash =',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'whoever has proven themselves is led only where a form could lead',
    cut: "parseReturnTo(sent.return_to ?? c.req.query('return_to'), services.config)",
    put: "sent.return_to ?? c.req.query('return_to') ?? null",
    tests: ['test/pages/reauthenticate.test.ts'],
  },
  {
    guard: 'a pending sign-in is completed in its own mode',
    cut: 'mode = :mode',
    put: ':mode IS NOT NULL',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'a pending sign-in expires',
    cut: 'expires_at > :now',
    put: ':now > 0',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'a pending sign-in is tried so often, and then over',
    cut: ' AND tries < ',
    put: ' AND tries < 1000 + ',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'a code of a sign-in works once',
    cut: 'last_step < coalesce(',
    put: '0 < coalesce(',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'an owner is told of wrong codes once a day',
    cut: ' AND noted_until <= :now',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'an app is set up only on an address that is verified, where mail is sent',
    tests: ['test/contracts/second-factor.test.ts'],
  },
  {
    guard: 'nobody proves who they are by the passkey of another account',
    cut: '!== own.userId',
    put: '=== undefined',
    tests: ['test/contracts/reauthenticate.test.ts'],
  },
  {
    guard: 'an account is deleted only with the password that it has',
    cut: 'password_hash',
    put: ':password_hash',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'the last administrator stays',
    cut: 'ANOTHER_ADMINISTERS',
    put: "'TRUE'",
    tests: ['test/storage/d1-truth.test.ts'],
  },
  {
    guard: 'the last administrator is told so, and no attempt counts',
    cut: 'await ownAccounts.isLastAdministrator(userId)',
    put: 'false',
    tests: ['test/contracts/administration.test.ts'],
  },
  {
    guard: 'an account that was disabled is not deleted by its owner',
    cut: ' AND disabled_at IS NULL',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a deletion that does not happen ends no session',
    cut: ' passwordHash',
    put: ' undefined',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a password is replaced only by who knew the one that the account has',
    cut: 'AND password_hash ',
    put: 'AND :password_hash ',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'the password of an account that was disabled is not replaced',
    cut: ' AND disabled_at IS NULL',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a change of the password that does not happen ends no session',
    cut: 'newHash',
    put: 'undefined',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'a change of the password that does not happen forgets no device',
    cut: 'password_hash',
    put: ':password_hash',
    tests: ['test/sessions/account-changes.test.ts'],
  },
  {
    guard: 'signing out clears no storage of an app that has the origin',
    cut: '\' ? \'"cache", "storage"\' : \'"cache',
    put: '-\' ? \'"cache"\' : \'"cache", "storage',
    tests: ['test/contracts/mounted.test.ts'],
  },
  {
    guard: 'what is no id of a session reaches no store',
    cut: 'isId(id) && ',
    tests: ['test/contracts/caller-service.test.ts'],
  },
]
