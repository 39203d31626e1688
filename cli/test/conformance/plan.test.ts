import { describe, expect, it } from 'vitest'
import { fieldNames, fields } from '../../../src/config/fields.ts'
import type { ConformanceClient } from '../../src/conformance/client.ts'
import { drivers } from '../../src/conformance/clients/index.ts'
import { planCases } from '../../src/conformance/plan.ts'
import type { Scenario } from '../../src/conformance/scenario.ts'
import { scenarios } from '../../src/conformance/scenarios/index.ts'
import { nativeAgents } from './native-adapters.ts'

const clients = drivers.map(
  (driver): ConformanceClient => ({ name: driver.name, driver, adapter: nativeAgents, module: null, source: null }),
)
const clientOf = (name: string) => clients.filter((client) => client.name === name)

describe('the scenarios', () => {
  const covered = new Set<string>(scenarios.flatMap(({ covers }) => covers))

  it.each(fieldNames)('cover the field %s', (field) => {
    expect(covered).toContain(field)
  })

  it.each(['rule-1', 'rule-2', 'rule-3', 'rule-4', 'rule-5', 'rule-6', 'rule-7'])('cover %s', (rule) => {
    expect(covered).toContain(rule)
  })

  it.each([
    'ERR_POOL_ACQUIRE_TIMEOUT',
    'ERR_POOL_FULL',
    'ERR_POOL_QUEUE_FULL',
    'ERR_POOL_CLOSED',
    'ERR_POOL_CONNECT_TIMEOUT',
    'ERR_POOL_CONFIG',
    'ERR_POOL_PROXY',
  ])('cover the error %s', (code) => {
    expect(covered).toContain(code)
  })

  it('have ids of their own, and name every field under test in their config', () => {
    expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length)
    for (const { id, covers, config = {} } of scenarios) {
      for (const field of covers) if (field in fields) expect(Object.keys(config), id).toContain(field)
    }
  })

  it('know the clients and peers they name', () => {
    const names = drivers.map(({ name }) => name)
    for (const { only = [], peers = [] } of scenarios) for (const name of [...only, ...peers]) expect(names).toContain(name)
  })
})

describe('planCases', () => {
  const scenario = (more: Partial<Scenario>): Scenario => ({ id: 'a/b', title: '', covers: [], run: async () => {}, ...more })
  const names = (client: string, more: Partial<Scenario>, filter = '') =>
    planCases({ clients: clientOf(client), peers: clients, scenarios: [scenario(more)], filter }).map(({ name }) => name)

  it('gives one case per scheme and peer', () => {
    expect(names('got', {})).toEqual(['a/b'])
    expect(names('got', { schemes: ['http', 'https'] })).toEqual(['a/b http', 'a/b https'])
    expect(names('got', { peers: ['node-http', 'undici'] })).toEqual(['a/b + undici', 'a/b + node-http'])
    expect(names('got', { schemes: ['http', 'https'] }, 'https')).toEqual(['a/b https'])
  })

  it('leaves out what a client is not there for', () => {
    expect(names('got', { needs: ['upgrade'] })).toEqual([])
    expect(names('node-http', { needs: ['upgrade'] })).toEqual(['a/b'])
    expect(names('got', { only: ['axios'] })).toEqual([])
    expect(names('got', { startsClient: true })).toEqual([])
  })
})
