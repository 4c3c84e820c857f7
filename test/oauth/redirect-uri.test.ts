import { describe, expect, it } from 'vitest'
import { checkRedirectUri, formTarget, matchesRedirectUri } from '../../src/oauth/redirect-uri'

const REGISTERED = 'https://app.example/cb'

describe('a redirect URI', () => {
  it.each([
    REGISTERED,
    'https://app.example/',
    'https://app.example:8443/cb?client=1',
    'http://127.0.0.1/cb',
    'http://[::1]:4000/cb',
    'http://localhost:33418/callback',
    'com.example.app:/cb',
    'cursor://anysphere.cursor-retrieval/oauth/callback',
    'vscode://vscode.github-authentication/did-authenticate',
  ])('OP-01: %s can be registered', (uri) => {
    expect(checkRedirectUri(uri)).toBeNull()
  })

  it.each([
    '',
    '/cb',
    'https://',
    'http://app.example/cb',
    'http://localhost.example/cb',
    'http://127.0.0.1.example/cb',
    'http://127.0.0.1:0/cb',
    'https://app.example/cb#',
    'https://app.example/cb#x',
    'https://*.app.example/cb',
    'https://app.example/*',
    'https://ada@app.example/cb',
    'https://@app.example/cb',
    'https://ada:pw@app.example/cb',
    'javascript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example/x',
    'view-source:https://app.example/',
    'file:///etc/passwd',
    'HTTPS://app.example/cb',
    'https://APP.example/cb',
    'https://app.example:443/cb',
    'https://app.example/a/../cb',
    'https://app.example/%2e%2e/cb',
    'https://app.example\\cb',
    'https://äpp.example/cb',
    'https://app.example/c b',
    'https://app.example/cb\n',
    'https://app.example',
    `https://app.example/${'x'.repeat(500)}`,
  ])('OP-01: %j cannot be registered', (uri) => {
    expect(checkRedirectUri(uri)).toEqual(expect.any(String))
  })

  it.each([
    'https://APP.example/cb',
    'HTTPS://app.example/cb',
    'http://app.example/cb',
    'https://app.example:443/cb',
    'https://app.example:8443/cb',
    'https://app.example//cb',
    'https://app.example/%63b',
    'https://app.example/./cb',
    'https://app.example/x/../cb',
    'https://app.example/cb/',
    'https://app.example/cb/x',
    'https://app.example/CB',
    'https://app.example/cb?',
    'https://app.example/cb?x=1',
    'https://app.example/cb#',
    'https://app.example/cb#x',
    'https://app.example./cb',
    'https://app.example@evil.example/cb',
    'https://evil.example@app.example/cb',
    'https://app.example\\@evil.example/cb',
    'https:/app.example/cb',
    'https:\\\\app.example\\cb',
    'https://app.example.evil.example/cb',
    'https://evilapp.example/cb',
    'https://xn--pp-uia.example/cb',
    'https://app.example/cb%00',
    'https://app.example/cb ',
    ' https://app.example/cb',
    'https://app.example\n/cb',
    'https://app.example',
    '',
  ])('OP-01: %j is not answered where https://app.example/cb is registered', (presented) => {
    expect(matchesRedirectUri(REGISTERED, presented)).toBe(false)
  })

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb', true],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1:65535/cb', true],
    ['http://127.0.0.1:1/cb', 'http://127.0.0.1/cb', true],
    ['http://[::1]/cb?x=1', 'http://[::1]:49152/cb?x=1', true],
    ['http://localhost:3000/cb', 'http://localhost:3001/cb', true],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:049152/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb?x=1', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/CB', false],
    ['http://127.0.0.1/cb', 'http://localhost:49152/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.2:49152/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152@evil.example/cb', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example:49152/cb', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:49152/cb', false],
    ['com.example.app:/cb', 'com.example.app:/cb?x=1', false],
  ])('OP-01: registered %s, presented %s: %s', (registered, presented, answered) => {
    expect(matchesRedirectUri(registered, presented)).toBe(answered)
  })

  it.each([
    ['https://app.example:8443/cb', null],
    ['http://127.0.0.1:4000/cb', null],
    ['cursor://anysphere/cb', 'cursor:'],
    ['com.example.app:/cb', 'com.example.app:'],
  ])('a form that ends at %s may lead to %s', (uri, source) => {
    expect(formTarget(uri)).toBe(source)
  })
})
