import { expect, it, onTestFinished, vi } from 'vitest'
import { createEgress, type Send } from '../../src/social/egress'

it('SOC-06: a provider is called at its origins alone, and no redirect is followed', async () => {
  const called: [string, RequestInit][] = []
  const send: Send = async (url, init) => {
    called.push([url, init])
    return Response.json({})
  }
  const egress = createEgress(['https://id.example', 'https://keys.id.example'], { send })
  for (const url of [
    'https://evil.example/token',
    'http://id.example/token',
    'https://id.example:8443/token',
    'https://id.example.evil.example/token',
    'https://id.example@evil.example/token',
  ]) {
    await expect(egress(url, {})).rejects.toMatchObject({ reason: 'host-not-configured' })
  }
  expect(called).toEqual([])
  await egress('https://keys.id.example/jwks', { redirect: 'follow' })
  expect(called.map(([url, { redirect }]) => [url, redirect])).toEqual([
    ['https://keys.id.example/jwks', 'manual'],
  ])
})

it('SOC-06: a provider has five seconds', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  onTestFinished(() => timeout.mockRestore())
  const egress = createEgress(['https://id.example'], { send: async () => Response.json({}) })
  await egress('https://id.example/token', {})
  expect(timeout.mock.calls).toEqual([[5000]])
})
