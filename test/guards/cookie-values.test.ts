import { describe, expect, it } from 'vitest'
import { cookieValues } from '../../src/guards/credential'
import { type AuthCookie, createAuthCookies } from '../../src/http/auth-cookies'
import { codePoint, TRIMMED_BY_STRINGS_ALONE } from '../support/look-alikes'

const COOKIES: readonly AuthCookie[] = ['', '8787'].flatMap((port) => Object.values(createAuthCookies(port)))

const values = (cookie: AuthCookie, sent: string | null) =>
  cookieValues({ get: (header) => (header === 'Cookie' ? sent : null) }, cookie)

it('SES-03: the corpus has every character that trim strips and a browser keeps', () => {
  expect(TRIMMED_BY_STRINGS_ALONE).toHaveLength(21)
})

describe.each(COOKIES)('SES-03: the cookie $name', (own) => {
  const { name } = own
  it.each(TRIMMED_BY_STRINGS_ALONE.map((character) => [codePoint(character), character] as const))(
    'is not one with %s at an end of its name',
    (_, x) => {
      for (const alike of [`${x}${name}`, `${name}${x}`, ` ${x}${name}`, `${x} ${name}`, `${x}${name}${x}`]) {
        expect(values(own, `${alike}=planted`)).toEqual([])
        expect(values(own, `${alike}=planted; ${name}=own`)).toEqual(['own'])
        expect(values(own, `${name}=own; ${alike}=planted`)).toEqual(['own'])
      }
      // Of a value it is a part, and no token has it.
      expect(values(own, `a=b; ${name}=${x}own${x}; c=d`)).toEqual([`${x}own${x}`])
    },
  )

  it.each([
    ['alone', `${name}=own`, ['own']],
    ['spaces around the pair', `a=b;  ${name}=own  ; c=d`, ['own']],
    ['tabs around the pair', `a=b;\t${name}=own\t; c=d`, ['own']],
    ['blanks around the equals sign', `a=b; ${name} \t=\t own; c=d`, ['own']],
    ['no space between pairs', `a=b;${name}=own;c=d`, ['own']],
    ['an equals sign in the value', `${name}=a=b=`, ['a=b=']],
    ['empty', `${name}=`, ['']],
    ['only blanks', `${name}= \t `, ['']],
    ['twice', `${name}=own; ${name}=planted`, ['own', 'planted']],
    ['no equals sign', name, []],
    ['a pair without a name', `=${name}=own`, []],
    ['the name in a value', `a=${name}=own`, []],
    ['the name in quotes', `"${name}"=own`, []],
    ['after a comma', `a=b, ${name}=own`, []],
    ['another case', `${name.toUpperCase()}=own`, []],
    ['empty pairs', `;; ;${name}=own;;`, ['own']],
  ])('is read as a browser wrote it: %s', (_, cookie, expected) => {
    expect(values(own, cookie)).toEqual(expected)
  })
})

it('SES-03: there is none without a header', () => {
  expect(values(createAuthCookies('').session, null)).toEqual([])
})
