// Hands the statements of administration to the command `janus users`. Node runs it without a bundler, so the path names the file.
export * from '../storage/sql/administration-statements.ts'
