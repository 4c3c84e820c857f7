import { expect, it } from 'vitest'
import { createPages } from '../../src/pages/create-pages'
import { SCREENS } from '../../src/pages/screens'
import { OPEN_PAGES, SIGNED_IN_PAGES } from '../e2e/pages'
import { OAUTH_SETTINGS } from '../support/oauth'
import { socialService } from '../support/providers'

/** Routes of the pages that show no page, and one that is seen only on the way back from a provider. */
const NOT_LOOKED_AT = [
  '/me',
  '/.well-known/change-password',
  '/assets/:file',
  '/openapi.json',
  '/login/connect',
  '/oauth/authorize',
  '/oauth/resume',
]

it('the browser tests look at every page, and at each again after it has done its work', () => {
  const { services } = socialService(OAUTH_SETTINGS)
  const looked: readonly string[] = [...OPEN_PAGES, ...SIGNED_IN_PAGES]
  const paths = looked.map((path) => path.replace(/\?.*/, ''))
  const routes = createPages(services).routes.routes.filter(({ method }) => method === 'GET')
  const missing = routes.map(({ path }) => path).filter((path) => !paths.includes(path))
  expect([...new Set(missing)].sort()).toEqual(NOT_LOOKED_AT.filter((path) => missing.includes(path)).sort())

  const done = SCREENS.filter((screen) => screen.done).map(({ path }) => `${path}?done`)
  expect(done.filter((path) => !looked.some((each) => each.startsWith(path)))).toEqual([])
  expect(looked.some((path) => path.startsWith('/problems/'))).toBe(true)
})
