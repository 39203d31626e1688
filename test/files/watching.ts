import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, vi } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { loadPools, type Pools } from '../../src/files/pools.ts'
import { wallClock } from '../time.ts'
import type { Workspace } from './workspace.ts'

export const name = 'polypool.config.yaml'
export const config = (limit: number | string) =>
  `pools: { default: { maxConnections: ${limit} }, other: { maxConnections: 1 } }\n`

/** What the pools tell, in words. */
export function listen(pools: Pools): string[] {
  const told: string[] = []
  pools.on('change', ({ names }) => told.push(`change ${names}: ${pools.config().maxConnections}`))
  pools.on('error', ({ message }) => told.push(`error ${message}`))
  return told
}

export async function watch(workspace: Workspace, options = {}) {
  const pools = await loadPools({ cwd: workspace.root, env: {}, watch: true, ...options })
  onTestFinished(() => pools.close())
  // The look for what happened meanwhile is over then: from here on it takes events.
  await sleep(200)
  return { pools, told: listen(pools), pool: pools.open(nodeHttp) }
}

/** Also that nothing more is told. */
export async function expectTold(told: string[], expected: readonly unknown[]): Promise<void> {
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(expected.length), { interval: 10 })
  await sleep(250)
  expect(told).toEqual(expected)
}

export const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Does it again until it took less time than what makes a write one: a busy machine may have slept in between. */
export async function inOneGo<T extends object>(act: () => Promise<T & { readonly took?: number }>): Promise<T> {
  for (;;) {
    const elapsed = wallClock()
    const result = await act()
    if ((result.took ?? elapsed()) < 80) return result
    await sleep(300)
  }
}
