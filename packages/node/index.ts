// What the command `janus` uses of Janus on Node. It is bundled: src/ is written for a bundler.
export { type Serving, serveJanus } from './serve'
export { HOST_SETTINGS } from './settings'
