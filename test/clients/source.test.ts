import Agentkeepalive, { HttpsAgent } from 'agentkeepalive'
import { describe, expect, it, test } from 'vitest'
import { clientNames, clients } from '../../src/clients/index.ts'

describe('where nothing is set', () => {
  test.each(clientNames)('%s has a pool that readSettings tells', (name) => {
    const { readSettings } = clients[name]
    const { config } = readSettings(clients[name].source.nothingSet())
    const { keepAliveExpiry: expiry } = clients[name].pooling.settings
    const { keepAliveExpiry = expiry?.default } = clients[name].pooling.fallback.settings
    // As it is declared for the comparison.
    expect(config.keepAliveExpiry).toBe(keepAliveExpiry)
  })
})

describe('what stands for an instance', () => {
  const { makers } = clients.agentkeepalive.source

  it.each([
    ['agentkeepalive#', Agentkeepalive],
    ['agentkeepalive#HttpAgent', Agentkeepalive.HttpAgent],
    ['agentkeepalive#HttpsAgent', HttpsAgent],
  ] as const)('is read as one that %s makes', (reference, Agent) => {
    const { readSettings } = clients.axios
    for (const options of [{}, { maxSockets: 5 }, { freeSocketTimeout: 1000 }]) {
      const instance = makers[reference]?.instance?.({ ...options })
      expect(readSettings({ httpsAgent: instance }).config).toEqual(readSettings({ httpsAgent: new Agent(options) }).config)
    }
  })
})
