// Hands the statements of administration to the command `janus users`. Node runs it without a bundler, so the paths name files.
export { ANYHOW, type Change, type NamedStatement } from '../storage/sql/account-change.ts'
export * from '../storage/sql/account-queries.ts'
export * from '../storage/sql/administration-statements.ts'
export * from '../storage/sql/invitation-statements.ts'
