import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import * as axios from '../../adapters/axios.ts'
import * as undici from '../../adapters/undici.ts'
import type { Pool } from '../../src/adapter.ts'
import type { FleetConfig } from '../../src/config/fleet.ts'
import { loadPools } from '../../src/files/index.ts'
import { joinFleet } from '../../src/fleet/index.ts'
import { MemoryStore } from '../fleet/memory-store.ts'
import { refusal, Workspace } from './workspace.ts'

const yaml = `pools:
  default:
    maxConnections: 50
  payments:
    fleet:
      maxConnections: 200
      maxMembers: 40
      floor: 2
`

function workspace(text: string): { readonly root: string; write(text: string): void } {
  const { root } = new Workspace({ 'polypool.config.yaml': text })
  return { root, write: (next) => writeFileSync(path.join(root, 'polypool.config.yaml'), next) }
}

it('a pool with a fleet joins it once, whichever clients are opened on it', async () => {
  const { root } = workspace(yaml)
  const joined: [Pool<unknown>, FleetConfig][] = []
  const pools = await loadPools({ cwd: root, env: {}, fleet: (pool, config) => joined.push([pool, config]) })
  onTestFinished(() => pools.close())
  const pool = pools.open(undici, 'payments')
  pools.open(axios, 'payments')
  pools.open(axios)
  expect(joined).toEqual([[pool, { name: 'payments', maxConnections: 200, maxMembers: 40, floor: 2 }]])
})

it('what the callback is given is what joinFleet takes', async () => {
  const { root } = workspace(yaml)
  const store = new MemoryStore()
  const pools = await loadPools({ cwd: root, env: {}, fleet: (pool, config) => joinFleet(pool, { ...config, store }) })
  const pool = pools.open(undici, 'payments')
  await expect.poll(() => pool.stats().fleet).toMatchObject({ name: 'payments', floor: 2, members: 1 })
  await pools.close()
  await expect.poll(() => store.rounds.at(-1)).toMatchObject({ leaves: true })
})

it('without a way to join, a pool with a fleet is not opened: its limit would not hold', async () => {
  const { root } = workspace(yaml)
  const pools = await loadPools({ cwd: root, env: {} })
  onTestFinished(() => pools.close())
  expect(() => pools.open(undici, 'payments')).toThrow(/fleet payments.*loadPools\(\{ fleet/)
  expect(pools.opened).toEqual([])
  pools.open(undici)
})

it('a pool that could not join is not left open', async () => {
  const { root } = workspace(yaml)
  let pool: Pool<unknown> | undefined
  const fleet = (joining: Pool<unknown>) => {
    pool = joining
    throw new Error('no store')
  }
  const pools = await loadPools({ cwd: root, env: {}, fleet })
  onTestFinished(() => pools.close())
  expect(() => pools.open(undici, 'payments')).toThrow('no store')
  expect(pool?.closed).toBe(true)
})

it('mistakes are told with their places, all at once', async () => {
  const { root } = workspace(`pools:
  a:
    fleet:
      maxConnections: 0
      maxMember: 3
  b:
    fleet:
      maxConnections: 10
      maxMembers: 6
      floor: 2
  c:
    fleet:
      maxConnections: 10
      maxMembers: 5
      ttl: 3
      onLost: drop
  d:
    fleet: 200
`)
  const error = await refusal(loadPools({ cwd: root, env: {} }))
  expect(error.issues.map(({ message }) => message)).toEqual([
    'polypool.config.yaml:3:5: pools.a.fleet.maxMembers: it is missing: use a whole number from 1 to 1000000: the processes that there are at the most, during a rolling update too',
    'polypool.config.yaml:4:23: pools.a.fleet.maxConnections: 0 is no number of them: use a whole number from 1 to 1000000: the connections that the upstream may see from all processes together',
    'polypool.config.yaml:5:7: pools.a.fleet.maxMember: "maxMember" is unknown: did you mean maxMembers?',
    'polypool.config.yaml:10:14: pools.b.fleet.floor: floor × maxMembers is 12, more than maxConnections: 10: use a floor of at most 1, or fewer members',
    'polypool.config.yaml:16:15: pools.c.fleet.onLost: "drop" is unknown: write "drain" or "cut"',
    'polypool.config.yaml:18:12: pools.d.fleet: it is 200: write { maxConnections: 200, maxMembers: 40 }',
  ])
})

it('a fleet that changes while its pool is open is refused by a reload, and nothing changes', async () => {
  const { root, write } = workspace(yaml)
  const pools = await loadPools({ cwd: root, env: {}, fleet: () => {} })
  onTestFinished(() => pools.close())
  const pool = pools.open(undici, 'payments')
  write(yaml.replace('maxConnections: 50', 'maxConnections: 60'))
  await pools.reload()
  expect(pool.config.maxConnections).toBe(60)
  write(yaml.replace('maxConnections: 200', 'maxConnections: 300'))
  await expect(pools.reload()).rejects.toThrow('the fleet of pool payments has changed')
  expect(pool.config.maxConnections).toBe(60)
})
