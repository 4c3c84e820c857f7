import { expect, it } from 'vitest'
import { covers, grantable, narrowed } from '../../src/oauth/scopes'

const RESOURCES = [
  { uri: 'https://a.example/', scopes: ['read', 'write'] },
  { uri: 'https://b.example/', scopes: ['files'] },
]
const CLIENT = { scopes: ['read', 'files', 'offline_access'] }
const asked = (scope: string | null, resource: string | null = 'https://a.example/') =>
  grantable({ scope, resource }, CLIENT, RESOURCES)

it.each([
  ['read', 'read'],
  ['read write', 'read'],
  ['read files', 'read'],
  ['offline_access read', 'offline_access read'],
  ['read read', 'read'],
  [null, 'read'],
])('OP-14: of %j a client is granted %j', (scope, granted) => {
  expect(asked(scope)).toEqual({ scope: granted, resource: 'https://a.example/' })
})

it.each([
  ['write', 'invalid_scope'],
  ['offline_access', 'invalid_scope'],
  ['', 'invalid_scope'],
  ['read  write', 'invalid_scope'],
  [' read', 'invalid_scope'],
  ['reäd', 'invalid_scope'],
])('OP-14: of %j a client is granted nothing: %s', (scope, error) => {
  expect(asked(scope)).toMatchObject({ error })
})

it('OP-14: a resource is one that settings name, byte for byte', () => {
  for (const resource of [null, '', 'https://a.example', 'https://A.example/', 'https://c.example/'])
    expect(asked('read', resource)).toMatchObject({ error: 'invalid_target' })
})

it.each([
  ['read write', null, 'read write'],
  ['read write', 'write', 'write'],
  ['read', 'read write', null],
  ['read', 'rea', null],
  ['read', '', null],
])('of %j a refresh that asks for %j gets %j', (granted, scope, result) => {
  expect(narrowed(granted, scope)).toBe(result)
  expect(covers(granted, scope ?? granted)).toBe(result !== null)
})
