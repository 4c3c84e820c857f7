import { describe, expect, it } from 'vitest'
import css from '../../assets/janus.css?raw'
import script from '../../assets/janus.js?raw'
import { FRESH_FORM } from '../../src/pages/form-state'
import { elementsOf, type ParsedElement, pageContext, pagesOf, refusedForm } from '../support/pages'

const CANARY = 'canary-value'
const pages = {
  ...pagesOf(CANARY, FRESH_FORM, pageContext()),
  ...Object.fromEntries(
    Object.entries(pagesOf(CANARY, refusedForm(CANARY), pageContext())).map(([name, page]) => [
      `${name}, refused`,
      page,
    ]),
  ),
}
const everyPage = Object.entries(pages)

/** Returns the values an attribute has on a page. */
function valuesOf(elements: readonly ParsedElement[], attribute: string): readonly string[] {
  return elements.flatMap(({ attributes }) => attributes.get(attribute) ?? [])
}

describe.each(everyPage)('%s', (_, page) => {
  it('is a whole document in its language', async () => {
    expect(page).toMatch(/^<!doctype html><html lang="en">/i)
    expect(page).toMatch(/<title>[^<]+ · Example<\/title>/)
    const elements = await elementsOf(page)
    expect(elements.filter(({ tag }) => tag === 'main').length).toBe(1)
    expect(elements.filter(({ tag }) => tag === 'h1').length).toBe(1)
  })

  it('HTM-01: has Cloudflare rewrite no address, which would take a script', () => {
    expect(page).toMatch(/<body[^>]*><!--email_off-->.*<!--\/email_off--><\/body>/)
    expect(page.match(/<!--/g)).toHaveLength(2)
  })

  it('HTM-01: has its own scripts, under the nonce, and nothing inline', async () => {
    const elements = await elementsOf(page)
    const scripts = elements.filter(({ tag }) => tag === 'script')
    const [first, ...further] = scripts.map(({ attributes }) => Object.fromEntries(attributes))
    expect(first).toEqual({ type: 'module', src: '/auth/assets/janus.js', nonce: 'n0nce' })
    // One more where passkeys are of use.
    const passkeys = { ...first, src: '/auth/assets/passkeys.js' }
    expect(further).toEqual(further.length === 0 ? [] : [passkeys])
    expect(page).toMatch(/<script [^>]*><\/script>/)
    expect(elements.filter(({ tag }) => ['style', 'base', 'iframe', 'object'].includes(tag))).toEqual([])
    const names = elements.flatMap(({ attributes }) => [...attributes.keys()])
    expect(names.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
  })

  it('HTM-03: leads nowhere else and loads from nowhere else', async () => {
    const elements = await elementsOf(page)
    const targets = ['href', 'src', 'action', 'formaction'].flatMap((attribute) =>
      valuesOf(elements, attribute),
    )
    expect(targets.filter((target) => !/^(\/auth\/|#)/.test(target))).toEqual(['data:,'])
  })

  it('HTM-06: a password has the type and the name that password managers know, and no value', async () => {
    const elements = await elementsOf(page)
    const inputs = elements.filter(({ tag }) => tag === 'input').map(({ attributes }) => attributes)
    for (const input of inputs.filter((attributes) => attributes.get('name')?.includes('password'))) {
      expect(input.get('type')).toBe('password')
      expect(input.get('autocomplete')).toMatch(/^(current|new)-password$/)
      for (const name of ['value', 'maxlength', 'readonly']) expect(input.has(name)).toBe(false)
    }
    expect(inputs.filter((input) => input.get('autocomplete') === 'off')).toEqual([])
  })

  it('lets nothing correct an address or a password', async () => {
    const elements = await elementsOf(page)
    const typed = elements.filter(
      ({ attributes }) => attributes.get('inputmode') === 'email' || attributes.get('type') === 'password',
    )
    for (const { attributes } of typed) {
      expect([...attributes]).toEqual(
        expect.arrayContaining([
          ['autocapitalize', 'none'],
          ['autocorrect', 'off'],
          ['spellcheck', 'false'],
        ]),
      )
    }
  })

  it('posts each form, and names every field for who cannot see it', async () => {
    const elements = await elementsOf(page)
    const forms = elements.filter(({ tag }) => tag === 'form')
    for (const { attributes } of forms) expect(attributes.get('method')).toBe('post')
    const labels = new Set(valuesOf(elements, 'for'))
    const visible = elements.filter(
      ({ tag, attributes }) =>
        tag === 'input' && attributes.get('type') !== 'hidden' && !attributes.has('hidden'),
    )
    for (const { attributes } of visible) expect(labels.has(attributes.get('id') ?? '')).toBe(true)
  })

  it('refers only to what is there, and by ids that are unique', async () => {
    const elements = await elementsOf(page)
    const ids = valuesOf(elements, 'id')
    expect(new Set(ids).size).toBe(ids.length)
    const references = [
      ...valuesOf(elements, 'for'),
      ...valuesOf(elements, 'aria-labelledby'),
      ...valuesOf(elements, 'aria-describedby').flatMap((value) => value.split(' ')),
      ...valuesOf(elements, 'href').flatMap((href) => (href.startsWith('#') ? href.slice(1) : [])),
    ]
    expect(references.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('gives the focus to one place at most', async () => {
    const elements = await elementsOf(page)
    expect(elements.filter(({ attributes }) => attributes.has('autofocus')).length).toBeLessThan(2)
  })
})

describe('pages of someone who is signed in', () => {
  it.each(['account', 'home, signed in'] as const)('HTM-06: %s has a button to sign out', async (name) => {
    const elements = await elementsOf(pages[name] ?? '')
    expect(valuesOf(elements, 'action')).toContain('/auth/logout')
  })
})

describe('the account page, and that of API keys', () => {
  it.each(Object.keys(pages).filter((name) => /^(account|API keys$)/.test(name)))(
    '%s: each form but that of signing out says whose account it is about',
    async (name) => {
      let form = ''
      const said = new Map<string, string | undefined>()
      for (const { tag, attributes } of await elementsOf(pages[name] ?? '')) {
        if (tag === 'form') {
          form = `${attributes.get('action')} #${attributes.get('id')}`
          said.set(form, undefined)
        }
        if (attributes.get('name') === 'account_id') said.set(form, attributes.get('value'))
      }
      said.delete('/auth/logout #undefined')
      // It mails to the address that it names.
      for (const action of said.keys()) if (action.startsWith('/auth/password/forgot')) said.delete(action)
      expect(said.size).toBeGreaterThan(2)
      expect([...said].filter(([, id]) => id !== CANARY)).toEqual([])
    },
  )
})

it('a day is no instant, which the script would move into the reader’s own time', () => {
  for (const [name, page] of everyPage) if (name.startsWith('API keys')) expect(page).not.toContain('<time')
})

describe('assets', () => {
  it('HTM-03: the style sheet asks for nothing else', () => {
    expect(css).not.toMatch(/url\(|@import|@font-face/)
  })

  it('the script stays small, and makes no markup or code of text', () => {
    expect(new TextEncoder().encode(script).length).toBeLessThan(5 * 1024)
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/)
  })
})

it('leads to the app by its brand on every page, and by "Continue" when an address is proven', async () => {
  const appHref = 'https://app.example.com/start'
  const pages = pagesOf('text', FRESH_FORM, pageContext({ appHref }))
  for (const [name, page] of Object.entries(pages)) {
    const hrefs = valuesOf(await elementsOf(page), 'href').filter((href) => href === appHref)
    expect(hrefs, name).toHaveLength(['email verified', 'email changed'].includes(name) ? 2 : 1)
  }
})
