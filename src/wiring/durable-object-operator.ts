import { WorkerEntrypoint } from 'cloudflare:workers'
import { DATABASE_LOCATIONS, type DatabaseObject, type DatabaseObjects } from '../config/database-objects'
import { findDatabaseObject } from '../storage/durable-object/durable-object-database'

interface OperatorEnv {
  readonly JANUS_DB?: DatabaseObjects
  readonly DATABASE_LOCATION?: unknown
}

/**
 * Lets the commands of an operator at the database in a Durable Object, as `wrangler d1 execute` does at a D1 database: by an entry point
 * that has a name, which no request from outside reaches. It takes a binding of the same account.
 *
 * It takes statements as JSON, and answers what the object does. It works whatever else is missing.
 */
export class JanusOperator extends WorkerEntrypoint<OperatorEnv> {
  override async fetch(request: Request): Promise<Response> {
    const { JANUS_DB, DATABASE_LOCATION = 'auto' } = this.env
    const location = DATABASE_LOCATIONS.find((known) => known === DATABASE_LOCATION)
    if (!JANUS_DB) return Response.json({ failure: 'JANUS_DB is not bound' })
    // guard: a location that is misspelt finds no other object
    if (location === undefined) return Response.json({ failure: 'DATABASE_LOCATION is wrong' })
    const statements = await request.json<Parameters<DatabaseObject['run']>[0]>()
    return Response.json(await findDatabaseObject(JANUS_DB, location).run(statements))
  }
}
