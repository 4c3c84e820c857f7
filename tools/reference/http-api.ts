import type { OpenApi, OperationObject } from '../openapi/open-api'
import { OPERATIONS } from '../openapi/operations'
import { HTTP_RULES } from './http-rules'

const HEADING = `<!-- Generated from the routes and tools/openapi: npm run docs:reference -->

# HTTP API

Every route of Janus. A running service has the same as OpenAPI 3.1 at \`GET /openapi.json\`, and to read at \`GET /docs\`, where pages are on.
The test suite validates each response of the service against that document.
`

/** Returns docs/reference/http-api.md: the rules of all routes, and each route with its body, its answers and its problems. */
export function renderHttpApi(document: OpenApi): string {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )
  const sections = document.tags.map(({ name, description }) => {
    const rows = routes.filter(({ operation }) => operation.tags.includes(name)).map(renderRoute)
    return `\n## ${name}\n\n${description}\n\n| route | who | does | body | success | problems |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('')}`
  })
  return [HEADING, HTTP_RULES, ...sections].join('')
}

const OWN_PROBLEMS = new Map(Object.values(OPERATIONS).map(({ id, problems = [] }) => [id, problems]))

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

function renderRoute({ method, path, operation }: Route): string {
  const name = `\`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}\``
  const does = `${operation.summary}.${operation.description === undefined ? '' : ` ${operation.description}`}`
  const cells = [
    name,
    callerOf(operation),
    does,
    bodyOf(operation),
    successOf(operation),
    problemsOf(operation),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')).join(' | ')} |\n`
}

function callerOf({ security, 'x-live': live }: OperationObject): string {
  const schemes = (security ?? []).flatMap((each) => Object.keys(each))
  const isOpen =
    (security ?? []).length === 0 || (security ?? []).some((each) => Object.keys(each).length === 0)
  if (isOpen) return schemes.includes('refreshCookie') ? 'anyone; takes a credential' : 'anyone'
  return live ? 'signed in, live' : 'signed in'
}

function bodyOf({ requestBody, parameters = [] }: OperationObject): string {
  const schema = requestBody?.content['application/json']?.schema
  const names = Object.keys(schema?.properties ?? {}).map((name) =>
    (schema?.required ?? []).includes(name) ? `\`${name}\`` : `\`${name}?\``,
  )
  const query = parameters.some(({ $ref }) => $ref.endsWith('/cursor')) ? ['`?cursor=`'] : []
  return [...names, ...query].join(', ')
}

function successOf({ responses }: OperationObject): string {
  const good = Object.entries(responses).filter(([status]) => Number(status) < 300)
  return good
    .map(([status, answer]) => ('description' in answer ? `${status}: ${answer.description}` : status))
    .join(' ')
}

/** Returns the problems that are a route's own. Those of guards, bodies and storage are the same on all routes. */
function problemsOf({ operationId }: OperationObject): string {
  return (OWN_PROBLEMS.get(operationId) ?? []).map((code) => `[\`${code}\`](problems.md#${code})`).join(', ')
}
