import { describe, expect, it } from 'vitest'
import css from '../../assets/reference.css?raw'
import { CATALOGUE } from '../../src/pages/catalogue'
import { createApp } from '../../src/wiring/app'
import { OPENAPI } from '../support/contract'
import { elementsOf } from '../support/pages'
import { expectProblem, read, send } from '../support/person'
import { deployed, ownService } from '../support/service'

const UNDER_AUTH = ownService({ ISSUER: 'https://example.com/auth' })

describe('GET /openapi.json', () => {
  it.each([
    { service: deployed, url: 'https://auth.example.com' },
    { service: UNDER_AUTH, url: 'https://example.com/auth' },
  ])('is the document, with the address $url', async ({ service, url }) => {
    const { status, body } = await send(service, 'GET', '/openapi.json')
    expect(status).toBe(200)
    expect(body).toEqual({ ...OPENAPI, servers: [{ url }] })
  })

  it('is for everyone, from anywhere, for a while', async () => {
    const { headers } = await send(deployed, 'GET', '/openapi.json', {
      headers: { Origin: 'https://a.example' },
    })
    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(headers.get('Cache-Control')).toBe('public, max-age=600')
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(headers.get('Access-Control-Allow-Credentials')).toBeNull()
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin')
  })
})

describe('GET /docs', () => {
  it.each(['en', 'de', 'es'] as const)('is a whole page in a frame of %s', async (language) => {
    const { status, text, headers } = await send(UNDER_AUTH, 'GET', '/docs', {
      headers: { 'Accept-Language': language },
    })
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toMatch(/^text\/html/)
    expect(headers.get('Cache-Control')).toBe('no-store')
    const elements = await elementsOf(text)
    const valuesOf = (attribute: string) =>
      elements.flatMap(({ attributes }) => attributes.get(attribute) ?? [])
    expect(valuesOf('lang')).toEqual([language, 'en'])
    expect(text).toContain(`<h1>${CATALOGUE[language].reference.title}</h1>`)
    expect(elements.filter(({ tag }) => ['h1', 'main'].includes(tag)).length).toBe(2)

    const ids = valuesOf('id')
    expect(new Set(ids).size).toBe(ids.length)
    const targets = ['href', 'src', 'action'].flatMap(valuesOf)
    const within = targets.filter((target) => target.startsWith('#')).map((target) => target.slice(1))
    expect(within.filter((id) => !ids.includes(id))).toEqual([])
    expect(targets.filter((target) => !/^(\/auth\/|#)/.test(target))).toEqual(['data:,'])
  })

  it('HTM-01: runs nothing but the script of every page', async () => {
    const { text, headers } = await send(deployed, 'GET', '/docs')
    const [, nonce] = /script-src 'nonce-([\w-]+)'/.exec(headers.get('Content-Security-Policy') ?? '') ?? []
    const elements = await elementsOf(text)
    const scripts = elements.filter(({ tag }) => tag === 'script')
    expect(scripts.map(({ attributes }) => attributes.get('nonce'))).toEqual([nonce])
    const names = elements.flatMap(({ attributes }) => [...attributes.keys()])
    expect(names.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
    expect(css).not.toMatch(/url\(|@import|@font-face/)
  })

  it('has every operation, its refusals and every type', async () => {
    const { text } = await send(deployed, 'GET', '/docs')
    for (const [path, methods] of Object.entries(OPENAPI.paths)) {
      for (const [method, { operationId }] of Object.entries(methods)) {
        expect(text).toContain(`id="${operationId}"`)
        expect(text).toContain(`<b>${method.toUpperCase()}</b> ${path}</code>`)
      }
    }
    for (const name of Object.keys(OPENAPI.components.schemas)) expect(text).toContain(`id="type-${name}"`)
    expect(text).toContain('<code>too-many-attempts</code>')
  })
})

it('neither is there where there are no pages', async () => {
  const { issuer, services } = ownService()
  const app = createApp(services)
  for (const path of ['/openapi.json', '/docs', '/assets/janus.css', '/login']) {
    const answer = await read(await app.request(`${issuer}${path}`))
    expect(answer.status, path).toBe(path === '/login' ? 405 : 404)
  }
})

it('neither is there by the name of its file', async () => {
  for (const path of ['/assets/openapi.json', '/assets/reference-content.html', '/reference-content']) {
    expectProblem(await send(deployed, 'GET', path), 404, 'not-found')
  }
})
