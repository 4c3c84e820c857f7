// What the command `janus` uses of Janus on Node. It is bundled: src/ is written for a bundler.
export { migrateFile, type OperatorDatabase, type OperatorPlace, openForOperator } from './operator'
export { findFaults, type Serving, serveJanus } from './serve'
export { HOST_SETTINGS } from './settings'
