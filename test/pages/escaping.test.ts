import { describe, expect, inject, it } from 'vitest'
import { FRESH_FORM } from '../../src/pages/form-state'
import { elementsOf, pageContext, pagesOf, refusedForm } from '../support/pages'

const HOSTILE = [
  '"><script>alert(1)</script>',
  "'><img src=x onerror=alert(1)>",
  '</title><script>alert(1)</script>',
  '</textarea></form><form action=//evil.example>',
  '" autofocus onfocus=alert(1) x="',
  '<!--',
  '<!--/email_off-->',
  ']]><svg/onload=alert(1)>',
  '&lt;script&gt;',
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '\u0000<b>\u202e',
]

/** Every twelfth of those that could be markup. */
const NAUGHTY = inject('naughtyStrings')
  .filter((text) => /[<>"'&`]/.test(text))
  .filter((_, index) => index % 12 === 5)

/** Of a page's elements everything but the values. */
async function structure(page: string): Promise<readonly string[]> {
  const elements = await elementsOf(page)
  return elements.map(({ tag, attributes }) => [tag, ...attributes.keys()].join(' '))
}

/** Returns a name that is hostile too, because it is in the title. */
function pagesWith(text: string) {
  return pagesOf(
    text,
    refusedForm(text),
    pageContext({ brand: { name: text, logoUrl: null, termsUrl: null, privacyUrl: null } }),
  )
}

describe('HTM-04: what is shown is never read as markup', () => {
  const plain = pagesWith('plain')

  it.each(HOSTILE)('has the elements and attributes it would have without %j', async (text) => {
    for (const [name, page] of Object.entries(pagesWith(text))) {
      expect(await structure(page), name).toEqual(await structure(plain[name] ?? ''))
    }
  })

  it.each(NAUGHTY)('holds for the naughty string %j', async (text) => {
    for (const [name, page] of Object.entries(pagesWith(text))) {
      expect(await structure(page), name).toEqual(await structure(plain[name] ?? ''))
    }
  })

  it('shows the text itself', () => {
    const pages = pagesOf('<b>&"', FRESH_FORM, pageContext())
    expect(pages['home, signed in']).toContain('Signed in as &lt;b&gt;&amp;&quot;.')
    expect(pages['check mail: register']).toContain('value="&lt;b&gt;&amp;&quot;"')
  })

  it('keeps a path to return to inside the query of a link', () => {
    const page = pagesOf('/app?a=1&b=2#c', FRESH_FORM, pageContext())['signed in already']
    expect(page).toContain('href="/auth/login?account=other&amp;return_to=%2Fapp%3Fa%3D1%26b%3D2%23c"')
  })
})
