import { readdirSync, readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'

/** As vitest.config.ts has just built it. */
function readDocument() {
  return JSON.parse(readFileSync('assets/openapi.json', 'utf8'))
}

/** Returns the faults that the specification's own schema finds in a document. It does not check schemas within. */
async function faultsOf(document: Record<string, unknown>): Promise<unknown> {
  const { valid, errors } = await new Validator().validate(document)
  return valid ? null : errors
}

/** Returns every schema of a document, wherever it is. */
function schemasIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'schema') return [inner]
    return name === 'schemas' ? Object.values(inner) : schemasIn(inner)
  })
}

it('the page of the reference shows no mark of CommonMark', () => {
  expect(readFileSync('assets/reference-content.html', 'utf8')).not.toMatch(/`|\*\*/)
})

it('the document is valid OpenAPI 3.1', async () => {
  expect(await faultsOf(readDocument())).toBeNull()
  const wrong = readDocument()
  wrong.paths['/login'].post.responses = { twohundred: {} }
  expect(await faultsOf(wrong)).not.toBeNull()
})

it('its schemas are valid JSON Schema 2020-12', () => {
  const ajv = new Ajv2020()
  const schemas = schemasIn(readDocument())
  expect(schemas.length).toBeGreaterThan(80)
  expect(schemas.filter((schema) => !ajv.validateSchema(schema))).toEqual([])
  expect(ajv.validateSchema({ type: 'person' })).toBe(false)
})

it('has the version of the package', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(readDocument().info.version).toBe(version)
})

it('what makes it is no part of the Worker', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.startsWith('openapi/'),
  )
  expect(sources.length).toBeGreaterThan(100)
  expect(
    sources.filter((file) => /from '[./]*\/openapi\//.test(readFileSync(`src/${file}`, 'utf8'))),
  ).toEqual([])
})
