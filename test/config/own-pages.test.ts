import { describe, expect, it } from 'vitest'
import { Fault } from '../../src/config/fault'
import { parseOwnPages, REPLACEABLE_PAGES } from '../../src/config/own-pages'
import type { Issuer } from '../../src/config/parsers'
import { ownPageUrl } from '../../src/http/own-page-url'
import { SCREENS } from '../../src/pages/screens'

const issuer: Issuer = {
  href: 'https://acme.example/auth',
  origin: 'https://acme.example',
  hostname: 'acme.example',
  basePath: '/auth',
}
const SITE = { issuer, appUrl: 'https://app.acme.example/', allowedOrigins: ['https://partner.example'] }

it('every screen can be replaced', () => {
  for (const { path } of SCREENS) expect(REPLACEABLE_PAGES).toContain(path)
})

describe('OWN_PAGES', () => {
  it.each([
    ['none', {}],
    ['/login=/sign-in', { '/login': 'https://acme.example/sign-in' }],
    [
      '/login=/sign-in, /password/reset=https://app.acme.example/new-password#',
      {
        '/login': 'https://acme.example/sign-in',
        '/password/reset': 'https://app.acme.example/new-password#',
      },
    ],
    ['/account=https://partner.example', { '/account': 'https://partner.example' }],
    // A page of the app with the name that it would have at Janus.
    ['/login=/login', { '/login': 'https://acme.example/login' }],
  ])('%s', (text, pages) => {
    expect(Object.fromEntries(parseOwnPages(text, SITE) as Map<string, string>)).toEqual(pages)
  })

  it.each([
    ['/login=https://evil.example/sign-in', 'another origin'],
    ['/login=//evil.example/sign-in', 'another origin without a scheme'],
    ['/login=http://acme.example/sign-in', 'another scheme'],
    ['/login=https://acme.example:8443/sign-in', 'another port'],
    ['/login=https://acme.example.evil.example/', 'an origin that begins alike'],
    ['/login=https://acme.example@evil.example/', 'another host behind a user'],
    ['/login=https://user:word@acme.example/sign-in', 'a user'],
    ['/login=javascript:alert(1)', 'a script'],
    ['/login=/\\evil.example', 'a backslash'],
    ['/login=/a/../b', 'dots'],
    ['/login=/sign-in?next=1', 'a query'],
    ['/login=/sign-in#part', 'a fragment'],
    ['/login=/sign-in##', 'two of them'],
    ['/login=', 'no page'],
    ['/login', 'no pair'],
    ['=/sign-in', 'no page of Janus'],
    ['/me=/sign-in', 'what is no page'],
    ['/login=/a,/login=/b', 'one page twice'],
    ['/login=/auth/login', 'itself'],
    ['/login=/auth/login/', 'itself, with a slash'],
    ['/login=/auth/register,/register=/auth/login', 'a circle'],
  ])('HTM-05: %s is refused: %s', (text) => {
    const fault = parseOwnPages(text, SITE)
    expect(fault).toBeInstanceOf(Fault)
    expect((fault as Fault).message).not.toContain('evil')
  })
})

it.each([
  [
    'https://acme.example/reset',
    { token: 'abc', return_to: undefined },
    'https://acme.example/reset?token=abc',
  ],
  ['https://acme.example/reset#', { token: 'abc' }, 'https://acme.example/reset#token=abc'],
  ['https://acme.example/reset#', {}, 'https://acme.example/reset'],
  ['https://acme.example/a', { return_to: '/b?c=1&d' }, 'https://acme.example/a?return_to=%2Fb%3Fc%3D1%26d'],
])('%s with %j leads to %s', (page, parameters, url) => {
  expect(ownPageUrl(page, parameters)).toBe(url)
})
