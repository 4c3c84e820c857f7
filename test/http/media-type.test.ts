import { describe, expect, it } from 'vitest'
import { parseReadableType } from '../../src/http/media-type'

describe('CSRF-03: the type of a body', () => {
  it.each([
    ['application/json', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/json;charset=utf-8', 'json'],
    ['application/json \t; \tCHARSET="UTF-8"', 'json'],
    ['application/json;;charset=utf-8;', 'json'],
    ['application/json; boundary="a\\"; charset=utf-16"', 'json'],
    ['application/x-www-form-urlencoded; charset=UTF-8', 'form'],
    ['Application/X-WWW-Form-Urlencoded', 'form'],
  ])('%s is %s', (header, type) => {
    expect(parseReadableType(header)).toBe(type)
  })

  it.each([
    '',
    ';',
    'json',
    '*/*',
    'application/*',
    'application/json/',
    'application/jsonp',
    'application/problem+json',
    'application /json',
    'application/json,',
    'application/json, application/json',
    'application/json; x',
    'application/json; =x',
    'application/json; x=',
    'application/json; x="',
    'application/json; x="a',
    'application/json; x=a b',
    'application/json; x=a, text/plain',
    'application/json; charset=',
    'application/json; charset=""',
    'application/json; charset=utf8',
    'application/json; charset=utf-16',
    'application/json; charset="utf-8 "',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json\u00a0',
    'application/j\u017fon',
    'text/plain',
    'text/plain; application/json',
    'multipart/form-data; boundary=application/json',
    'constructor',
    '__proto__',
  ])('%j is none', (header) => {
    expect(parseReadableType(header)).toBeNull()
  })
})
