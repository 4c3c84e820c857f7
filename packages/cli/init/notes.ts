import { localFile } from '../local/local-vars.ts'
import { commandLine } from '../place.ts'
import {
  assetsOf,
  lackingEnvironments,
  lacksAppUrl,
  mountPathOf,
  sampleSettings,
  varsOf,
  type WorkerConfig,
} from './needs.ts'
import { adviceOnWorkerFirst, exceptionsForJanus } from './worker-first.ts'

/** Holds what is known of a project beside its configuration. */
interface Circumstances {
  readonly folder: string
  /** Names the configuration. */
  readonly file: string
  /** Locates the code of the Worker. */
  readonly entry: string
  /** Says whether DB may be a database of the app. */
  readonly shares: boolean
  /** Says whether APP_URL is new, in an app that is not. */
  readonly leadsHome: boolean
  /** Says whether that code is there, or will be. */
  readonly hasCode: boolean
  /** Lists the steps that the code of the Worker takes. */
  readonly ofWorker: readonly string[]
}

/** Returns the steps that `janus init` leaves to the person, each a paragraph. @param config As it becomes. */
export function notesOn(config: WorkerConfig, known: Circumstances): readonly string[] {
  const { folder, file, entry, shares, leadsHome, hasCode, ofWorker } = known
  const mountPath = mountPathOf(config)
  const assets = assetsOf(config)
  const samples = sampleSettings(config)
  const environments = lackingEnvironments(config)
  const exceptions = exceptionsForJanus(assets, mountPath)
  const workerFirst = adviceOnWorkerFirst(assets, mountPath, file)
  return [
    ...(shares
      ? [
          `If DB is a database of your app, and Janus keeps no accounts in it yet: Janus adds its tables there, users, sessions and others. To keep
them apart, give yours another name than DB, in ${file} and in your code, and run this again: it binds a database for Janus alone.`,
        ]
      : []),
    ...(environments.length > 0
      ? [
          `${file} has environments that lack what Janus needs (${environments.join(', ')}): they inherit neither bindings nor vars. Give each a DB, SESSIONS, LOGIN_LIMIT and ISSUER of its own; this says what else one lacks: CLOUDFLARE_ENV=${environments[0]} ${commandLine('doctor', '--remote')}`,
        ]
      : []),
    ...(workerFirst === null
      ? []
      : [`A browser that opens a page of Janus gets one of your app. ${workerFirst}`]),
    ...(exceptions.length > 0
      ? [
          `${exceptions.join(' and ')} in run_worker_first of ${file} keeps requests from Janus. Remove it, or make it narrower.`,
        ]
      : []),
    ...ofWorker,
    ...(leadsHome
      ? [
          `APP_URL in ${file} is now ${varsOf(config).APP_URL}, so people who sign in end at / of your host. If that is not a page of your app, change it there and in ${localFile(folder)}.`,
        ]
      : []),
    ...(lacksAppUrl(config) && hasCode
      ? [
          `No page at / was found in ${entry}, so people who sign in end on the home page of Janus. Set APP_URL in ${file} to a page of your app.`,
        ]
      : []),
    ...(samples.length > 0
      ? [`Before you deploy, set ${samples.join(' and ')} in ${file} to the host of your app.`]
      : []),
  ]
}

/** Returns what to say of an ISSUER that may not be that of Janus. */
export function doubtOnIssuer(file: string, issuer: string): string {
  return `ISSUER in ${file} is ${issuer}. Janus will use it as its own address. If it belongs to something else, rename it and run this again.`
}
