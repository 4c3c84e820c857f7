import { expect, it } from 'vitest'
import { newAddress } from '../support/person'
import { ownService } from '../support/service'

const TERMS = 'https://acme.example/terms?v=2&x=1'

async function page(settings: Record<string, string>, language: string): Promise<string> {
  const service = ownService(settings)
  const headers = { Accept: 'text/html', 'Accept-Language': language, 'CF-Connecting-IP': newAddress() }
  return (await service.fetch(new Request(`${service.issuer}/login`, { headers }))).text()
}

it.each([
  ['en', 'Terms', 'Privacy'],
  ['de', 'Nutzungsbedingungen', 'Datenschutz'],
  ['es', 'Condiciones', 'Privacidad'],
])(
  'every page links to the terms and the privacy policy that are set (%s)',
  async (language, terms, privacy) => {
    const settings = { BRAND_TERMS_URL: TERMS, BRAND_PRIVACY_URL: '/privacy' }
    const html = await page(settings, language)
    expect(html).toContain(`<a href="${TERMS.replace('&', '&amp;')}">${terms}</a>`)
    expect(html).toContain(`<a href="/privacy">${privacy}</a>`)
  },
)

it('a page without them has no foot, and with one it has one', async () => {
  expect(await page({}, 'en')).not.toContain('<footer')
  expect(
    (await page({ BRAND_PRIVACY_URL: '/privacy' }, 'en'))
      .match(/<footer[\s\S]*<\/footer>/)?.[0]
      .match(/<a /g),
  ).toHaveLength(1)
})
