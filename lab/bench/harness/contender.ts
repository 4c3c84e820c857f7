import type { FlowStep, Template } from '../load/job.ts'
import type { Person } from './person.ts'

/** A server that can be started, and how people become known to it. */
export interface Contender {
  readonly name: string
  /** The file of its server, from `lab/bench/`; `express`: Node and Redis. */
  readonly server: string
  /** Runs in a Node process of its own, and not in workerd. */
  readonly onNode?: true
  /** Is a program for Node as it stands, which says its port by IPC and keeps what it has in the folder `FOLDER`. */
  readonly isProgram?: true
  /** Says where Janus keeps the truth; D1 where nothing is said. */
  readonly truth?: TruthPlace
  /** The server that has copies of sessions. Where nothing is said there is none, and `SESSION_COPIES` says where they are. */
  readonly copies?: CopyPlace
  /** Settings beyond those that all have. */
  readonly settings?: Readonly<Record<string, string>>
  /** Its database must have Janus's tables. */
  readonly needsJanusSchema?: boolean
  /** Done once, before anybody enters. */
  readonly prepare?: (port: number) => Promise<void>
  /** Makes somebody known. @param number Nobody else has it. `null`: the server knows nobody, and checks nothing. */
  readonly enter: ((port: number, number: number) => Promise<Person>) | null
  /** The protected route. */
  readonly path?: string
  readonly signUp?: Template
  readonly signIn?: (person: Person) => Template
  /** Only the hash that its sign-in and sign-up do. */
  readonly hash?: Template
  readonly refresh?: Refresh
  /** Says what apps do at it as an authorization server. */
  readonly provider?: ProviderFlows
}

/** Says what an app does for somebody who is signed in. The refresh begins with the person's `refreshCredential`. */
export interface ProviderFlows {
  readonly codeFlow: (person: Person) => readonly FlowStep[]
  readonly refresh: (person: Person) => readonly FlowStep[]
}

/** Says where Janus keeps the truth, and how far away that is. */
export interface TruthPlace {
  readonly database: 'd1' | 'durable-object' | 'postgres' | 'sqlite' | 'memory'
  /** As long as a network between them takes. */
  readonly roundTripMs?: number
}

/** A server that has copies of sessions, and how far away it is. */
export interface CopyPlace {
  readonly server: 'redis' | 'memcached'
  readonly roundTripMs?: number
}

/** Describes how a client gets a new credential without a password. */
export interface Refresh {
  readonly template: (person: Person) => Template
  /** The member of the answer that the next refresh presents, if there is a chain. */
  readonly member?: string
}

export const PROTECTED = '/protected'
