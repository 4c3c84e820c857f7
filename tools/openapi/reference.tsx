import type { Child } from 'hono/jsx'
import type { OpenApi, OperationObject, ResponseObject, Schema } from './open-api'
import { Fields, Marked, TypeName } from './reference-types'

/** Returns the text of `GET /docs`: the whole document, for people. In English, and without a link out of itself. */
export function renderReference(document: OpenApi): string {
  return String(<Reference document={document} />)
}

function Reference({ document }: { readonly document: OpenApi }) {
  const { info, tags, components } = document
  const operations = operationsOf(document)
  return (
    <div class="reference" lang="en">
      <section>
        <h2>Every operation</h2>
        {info.description.split('\n\n').map((paragraph) => (
          <p>
            <Marked text={paragraph} />
          </p>
        ))}
      </section>
      {tags.map(({ name, description }) => (
        <section>
          <h2>{name}</h2>
          <p class="intro">
            <Marked text={description} />
          </p>
          {operations
            .filter(({ operation }) => operation.tags.includes(name))
            .map((named) => (
              <Operation named={named} components={components} />
            ))}
        </section>
      ))}
      <section>
        <h2>Types</h2>
        {Object.entries(components.schemas).map(([name, schema]) => (
          <Type name={name} schema={schema} />
        ))}
      </section>
    </div>
  )
}

interface NamedOperation {
  readonly method: string
  readonly path: string
  readonly operation: OperationObject
}

function operationsOf({ paths }: OpenApi): readonly NamedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

interface OperationProps {
  readonly named: NamedOperation
  readonly components: OpenApi['components']
}

function Operation({ named: { method, path, operation }, components }: OperationProps) {
  const { operationId, summary, description, parameters = [], requestBody } = operation
  const body = requestBody?.content['application/json']
  const form = requestBody?.content['application/x-www-form-urlencoded']
  return (
    <details class="operation" id={operationId}>
      <summary>
        <h3>
          <code>
            <b>{method}</b> {path}
          </code>
          <span>{summary}</span>
        </h3>
      </summary>
      <div class="folded">
        {description !== undefined && (
          <p>
            <Marked text={description} />
          </p>
        )}
        <p>
          <b>Who:</b> {whoMay(operation)}
        </p>
        {parameters.length > 0 && (
          <Part title="Parameters">
            <dl>
              {parameters.map(({ $ref }) => {
                const parameter = found(components.parameters, $ref)
                return (
                  <>
                    <dt>
                      <code>{parameter.name}</code>{' '}
                      <span class="muted">
                        in the {parameter.in}
                        {parameter.required ? '' : ', optional'}
                      </span>
                    </dt>
                    <dd>
                      <Marked text={parameter.description} />
                    </dd>
                  </>
                )
              })}
            </dl>
          </Part>
        )}
        {body && (
          <Part title={form ? 'Takes JSON or a form' : 'Takes JSON'}>
            <Fields schema={body.schema} />
            {form && <FormFields form={form.schema} json={body.schema} />}
            <Example of={body.example} />
          </Part>
        )}
        <Answers operation={operation} components={components} />
      </div>
    </details>
  )
}

/** Returns the fields that a form has and JSON has not. */
function FormFields({ form, json }: { readonly form: Schema; readonly json: Schema }) {
  const only = Object.entries(form.properties ?? {}).filter(([name]) => !json.properties?.[name])
  if (only.length === 0) return null
  return (
    <>
      <p>A form may have besides:</p>
      <Fields schema={{ ...form, properties: Object.fromEntries(only) }} />
    </>
  )
}

function Answers({ operation, components }: Omit<OperationProps, 'named'> & { operation: OperationObject }) {
  const answers = Object.entries(operation.responses).map(([status, response]) => ({
    status,
    response: '$ref' in response ? found(components.responses, response.$ref) : response,
  }))
  const isRefusal = ({ response }: { response: ResponseObject }) =>
    response.content?.['application/problem+json'] !== undefined
  const [example] = answers.flatMap(({ response }) => response.content?.['application/json']?.example ?? [])
  return (
    <>
      <Part title="Answers">
        <dl>
          {answers
            .filter((answer) => !isRefusal(answer))
            .map(({ status, response }) => (
              <>
                <dt>{status}</dt>
                <dd>
                  <Marked text={response.description} /> <Carried response={response} />
                </dd>
              </>
            ))}
        </dl>
        <Example of={example} />
      </Part>
      <Part title="Refusals">
        <dl>
          {answers.filter(isRefusal).map(({ status, response }) => (
            <>
              <dt>{status}</dt>
              <dd>
                <Marked text={response.description} />
              </dd>
            </>
          ))}
        </dl>
      </Part>
    </>
  )
}

/** Returns the content of an answer. */
function Carried({ response: { content = {}, headers = {} } }: { readonly response: ResponseObject }) {
  const schema = content['application/json']?.schema
  const names = Object.keys(headers)
  return (
    <span class="muted">
      {schema && (
        <>
          Body: <TypeName schema={schema} />.{' '}
        </>
      )}
      {names.length > 0 && `Headers: ${names.join(', ')}.`}
    </span>
  )
}

function whoMay({ security, 'x-live': live }: OperationObject): string {
  const schemes = security.flatMap((way) => Object.keys(way))
  if (schemes.includes('refreshCookie')) return 'who has a refresh token.'
  if (security.length === 0) return 'anyone.'
  if (security.some((way) => Object.keys(way).length === 0)) return 'anyone, signed in or not.'
  return live ? 'who is signed in; the database is asked if the session still stands.' : 'who is signed in.'
}

function Type({ name, schema }: { readonly name: string; readonly schema: Schema }) {
  return (
    <div class="type" id={`type-${name}`}>
      <h3>{name}</h3>
      {schema.properties ? (
        <Fields schema={schema} />
      ) : (
        <p>
          <TypeName schema={schema} />
          {schema.description !== undefined && <>. {schema.description}</>}
        </p>
      )}
    </div>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: Child }) {
  return (
    <div>
      <h4>{title}</h4>
      {children}
    </div>
  )
}

function Example({ of: example }: { readonly of: unknown }) {
  if (example === undefined || Object.keys(Object(example)).length === 0) return null
  return (
    <pre>
      <code>{JSON.stringify(example, null, 2)}</code>
    </pre>
  )
}

function found<T>(components: Readonly<Record<string, T>>, ref: string): T {
  const component = components[ref.slice(ref.lastIndexOf('/') + 1)]
  if (component === undefined) throw new Error(`Nothing is at ${ref}`)
  return component
}
