import { expect, it } from 'vitest'
import { SCREENS } from '../../src/pages/screens'
import { createPages } from '../../src/wiring/create-pages'
import { partsOf } from '../../src/wiring/wired-services'
import { CONSENT_PAGES, OPEN_PAGES, SIGNED_IN_PAGES } from '../e2e/pages'
import { OAUTH_SETTINGS } from '../support/oauth'
import { socialService } from '../support/providers'

/** Routes of the pages that show no page, and one that is seen only on the way back from a provider. */
const NOT_LOOKED_AT = [
  '/me',
  '/.well-known/change-password',
  '/assets/:file',
  '/openapi.json',
  '/login/connect',
  '/oauth/resume',
]

it('the browser tests look at every page, and at each again after it has done its work', () => {
  const { services } = socialService(OAUTH_SETTINGS)
  const looked: readonly string[] = [...OPEN_PAGES, ...SIGNED_IN_PAGES, ...CONSENT_PAGES]
  const looks = new Set(looked.map((path) => path.replace(/\?.*/, '')))
  const pages = createPages(services)
  const shown = [pages.routes, ...partsOf(services).map((part) => part.createRoutes(services, pages))]
  const without = new Set(partsOf(services).flatMap((part) => gettable(part.createRoutes(services, null))))
  const missing = shown
    .flatMap(gettable)
    .filter((path) => !without.has(path))
    .filter((path) => !looks.has(path))
  expect([...new Set(missing)].sort()).toEqual([...NOT_LOOKED_AT].sort())

  const done = SCREENS.filter((screen) => screen.done).map(({ path }) => `${path}?done`)
  expect(done.filter((path) => !looked.some((each) => each.startsWith(path)))).toEqual([])
  expect(looked.some((path) => path.startsWith('/problems/'))).toBe(true)
})

/** Returns the paths that a browser may open. */
function gettable({ routes }: ReturnType<typeof createPages>['routes']): readonly string[] {
  return routes.filter(({ method }) => method === 'GET').map(({ path }) => path)
}
