import { expect, expectTypeOf, it } from 'vitest'
import type { Activity, Device } from '../../packages/client/account.ts'
import {
  createJanusClient,
  type FieldError,
  type JanusClientOptions,
  type ProblemCode,
  type Profile,
  type Session,
  type TokenStorage,
  type User,
} from '../../packages/client/index.ts'
import { createTokens } from '../../packages/client/tokens.ts'
import type { presentEvent } from '../../src/api/account/activity'
import type { presentProfile, presentSession, presentUser } from '../../src/api/present'
import type { presentDevice } from '../../src/api/sessions/devices'
import type {
  FieldError as ServersFieldError,
  ProblemCode as ServersProblemCode,
} from '../../src/http/problem'

/** Removes `readonly`, which does not go over the wire. */
type Wire<T> = { -readonly [Name in keyof T]: T[Name] }

// What follows is checked by `tsc`: the client declares what goes over the wire by itself, and must not differ.
it('declares what the service presents', () => {
  expectTypeOf<Wire<User>>().toEqualTypeOf<Wire<ReturnType<typeof presentUser>>>()
  expectTypeOf<Wire<Profile>>().toEqualTypeOf<Wire<ReturnType<typeof presentProfile>>>()
  expectTypeOf<Wire<Session>>().toEqualTypeOf<Wire<ReturnType<typeof presentSession>>>()
  expectTypeOf<Wire<Device>>().toEqualTypeOf<Wire<ReturnType<typeof presentDevice>>>()
  expectTypeOf<Wire<Activity>>().toEqualTypeOf<Wire<ReturnType<typeof presentEvent>>>()
  expectTypeOf<ProblemCode>().toEqualTypeOf<ServersProblemCode>()
  expectTypeOf<FieldError>().toEqualTypeOf<ServersFieldError>()
})

it('takes what belongs to a mode with that mode only', () => {
  const issuer = 'https://example.com/auth'
  const storage: TokenStorage = { get: () => null, set() {}, remove() {} }
  expectTypeOf({
    issuer,
    mode: 'token',
    createTokens,
    refreshIn: 'cookie',
  } as const).toExtend<JanusClientOptions>()
  expectTypeOf({ issuer, mode: 'token', createTokens, storage } as const).toExtend<JanusClientOptions>()
  expectTypeOf<Parameters<typeof createJanusClient>>().toEqualTypeOf<[options: JanusClientOptions]>()
  // @ts-expect-error Session mode keeps nothing.
  createJanusClient({ issuer, mode: 'session', storage })
  // @ts-expect-error Session mode refreshes nothing.
  createJanusClient({ issuer, mode: 'session', refreshIn: 'body' })
  // @ts-expect-error What is in a cookie is in no storage.
  createJanusClient({ issuer, mode: 'token', createTokens, refreshIn: 'cookie', storage })
  // @ts-expect-error Nothing would carry tokens.
  expect(() => createJanusClient({ issuer, mode: 'token' })).toThrow('createTokens is not a function')
  // @ts-expect-error One of the two it must be.
  createJanusClient({ issuer })
})
