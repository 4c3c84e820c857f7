import type { Mutation } from './mutations.ts'

const CONTRACTS = 'test/contracts'

/** Guards of what clients and people send: bodies, addresses, names, origins. */
export const INPUT_MUTATIONS: readonly Mutation[] = [
  {
    guard: 'the name of an unknown field is not repeated',
    file: 'src/http/body.ts',
    from: '[unknownField(known)]',
    to: '[unknownField(unknownFields)]',
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'what looks like JSON is read as no form',
    file: 'src/http/body.ts',
    from: "if (type === 'form' && looksLikeJson(text))",
    to: "if (type === 'json' && text === 'JSON')",
    tests: [`${CONTRACTS}/bodies.test.ts`],
  },
  {
    guard: 'a type that is not of the grammar is no type',
    file: 'src/http/media-type.ts',
    from: "join('') !== rest) return null",
    to: "join('') === ' ') return null",
    tests: ['test/http/media-type.test.ts'],
  },
]
