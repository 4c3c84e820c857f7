import { beforeAll, describe, expect, it } from 'vitest'
import css from '../../packages/playground/assets/playground.css?raw'
import main from '../../packages/playground/assets/playground.js?raw'
import calls from '../../packages/playground/assets/playground-calls.js?raw'
import details from '../../packages/playground/assets/playground-details.js?raw'
import elements from '../../packages/playground/assets/playground-elements.js?raw'
import { TEXTS } from '../../packages/playground/texts'
import { elementsOf, type ParsedElement } from '../support/pages'
import { type Answer, send, signedInPerson } from '../support/person'
import { ownService } from '../support/service'

const service = ownService({ ISSUER: 'http://localhost:8787/auth', PLAYGROUND: 'on' })

let page: Answer
let parsed: readonly ParsedElement[]
beforeAll(async () => {
  page = await send(service, 'GET', '/playground', { headers: { 'Accept-Language': 'de' } })
  parsed = await elementsOf(page.text)
})

function valuesOf(attribute: string): readonly string[] {
  return parsed.flatMap(({ attributes }) => attributes.get(attribute) ?? [])
}

describe('the page of the playground', () => {
  it('is a whole document, in English whatever is preferred', () => {
    expect(page.status).toBe(200)
    expect(page.text).toMatch(/^<!doctype html><html lang="en">/i)
    for (const tag of ['main', 'h1']) expect(parsed.filter((element) => element.tag === tag).length).toBe(1)
  })

  it('HTM-01: runs scripts under its nonce only, and has nothing inline', () => {
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    const [, nonce] = /script-src 'nonce-([\w-]+)'/.exec(policy) ?? []
    const scripts = parsed.filter(({ tag }) => tag === 'script')
    expect(scripts.map(({ attributes }) => attributes.get('nonce'))).toEqual([nonce, nonce])
    expect(page.text.match(/<script [^>]*><\/script>/g)).toHaveLength(2)
    expect(parsed.filter(({ tag }) => ['style', 'base', 'iframe', 'object'].includes(tag))).toEqual([])
    const names = parsed.flatMap(({ attributes }) => [...attributes.keys()])
    expect(names.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
  })

  it('HTM-03: leads nowhere else and loads from nowhere else', () => {
    const targets = ['href', 'src', 'action'].flatMap(valuesOf)
    expect(targets.filter((target) => !target.startsWith('/auth/'))).toEqual(['data:,'])
    expect(css).not.toMatch(/url\(|@import|@font-face/)
  })

  it('refers only to what is there, and by ids that are unique', () => {
    const ids = valuesOf('id')
    expect(new Set(ids).size).toBe(ids.length)
    const references = ['for', 'aria-labelledby', 'aria-describedby'].flatMap(valuesOf)
    expect(references.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('says without JavaScript that its buttons need it, and hides them', () => {
    expect(page.text).toContain(TEXTS.noScript)
    const playground = parsed.find(({ attributes }) => attributes.get('id') === 'playground')
    expect(playground?.attributes.has('hidden')).toBe(true)
  })

  it('has every part that the scripts ask for', () => {
    const asked = [main, calls, details].flatMap((script) =>
      [...script.matchAll(/part\([\w.]+, '([\w-]+)'\)/g)].map(([, name = '']) => name),
    )
    expect(asked.length).toBeGreaterThan(20)
    const parts = new Set(valuesOf('data-part'))
    expect(asked.filter((name) => !parts.has(name))).toEqual([])
  })

  it('offers no comparison where there is one mode only', async () => {
    const one = ownService({ ISSUER: 'http://localhost:8787', PLAYGROUND: 'on', AUTH_MODE: 'session' })
    const { text } = await send(one, 'GET', '/playground')
    expect(text).toContain('AUTH_MODE=both')
    expect(text).not.toContain('id="playground"')
  })
})

describe('what the page says of credentials', () => {
  it('names the cookie attributes that a sign-in sets, all of them', async () => {
    const { answer } = await signedInPerson({ mode: 'session', service })
    const [pair = '', ...attributes] = (answer.headers.getSetCookie()[0] ?? '').split('; ')
    const set = attributes.map((attribute) => (attribute.startsWith('Max-Age=') ? 'Max-Age' : attribute))
    expect(pair).toMatch(/^__Host-session-8787=[\w-]{22}\.[\w-]{43}$/)
    expect((await send(service, 'GET', '/playground')).text).toContain('__Host-session-8787=')
    expect(TEXTS.cookie.attributes.map(({ name }) => name).toSorted()).toEqual(['__Host-', ...set].toSorted())
  })

  it('explains each parameter and claim that a token has, and no other', async () => {
    const { answer } = await signedInPerson({ mode: 'token', service })
    const [header, claims] = String(answer.body.access_token)
      .split('.')
      .slice(0, 2)
      .map((part) => Object.keys(JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))))
    expect(TEXTS.parameters.map(({ name }) => name).toSorted()).toEqual(header?.toSorted())
    expect(TEXTS.claims.map(({ name }) => name).toSorted()).toEqual(claims?.toSorted())
  })
})

it.each(Object.entries({ main, calls, details, elements }))(
  'the script %s makes no markup or code of text',
  (_, script) => {
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/)
    expect(script).not.toMatch(/localStorage|sessionStorage|https?:\/\//)
  },
)
