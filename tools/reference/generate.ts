import { buildOpenApi } from '../openapi/build-openapi'
import { renderHttpApi } from './http-api'
import { renderProblems } from './problems'

/** Returns the text of each page of the reference that is generated from src, by its path. */
export function generateReference(version: string): Readonly<Record<string, string>> {
  return {
    'docs/reference/http-api.md': renderHttpApi(buildOpenApi(version)),
    'docs/reference/problems.md': renderProblems(),
  }
}
