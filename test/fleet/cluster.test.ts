import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { clusterStore, joinFleet } from '../../src/fleet/index.ts'
import { ask, holding, undiciPool } from '../observe/support.ts'
import type { MemberOptions } from './children/member.ts'
import { Asked, type MemberAnswer, startUpstream, until } from './fleet.ts'

const fleet = { maxConnections: 20, floor: 1, maxMembers: 4, ttl: 3_600_000, margin: 1_800_000, onLost: 'drain' as const }

it('workers of node:cluster share a budget in their primary, which knows when one has ended', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.kill())
  const options: MemberOptions = { name: '', upstream: upstream.port, redis: 0, client: 'cluster', fleet, longest: 60 }
  const primary = fork(new URL('children/cluster.ts', import.meta.url), [JSON.stringify(options)], { execArgv: [] })
  onTestFinished(() => void primary.kill('SIGKILL'))
  await once(primary, 'message')
  const asked = new Asked<MemberAnswer>(primary)
  const all = (of: readonly number[], question: object = {}) => Promise.all(of.map((to) => asked.ask({ to, ...question })))
  const four = [0, 1, 2, 3]
  await until(
    () => all(four),
    (answers) => answers.every(({ members, learning }) => members === 4 && !learning),
  )
  await all([0], { load: 40 })
  await until(
    () => all([0]),
    ([answer]) => answer?.lease === 16 && answer.open === 17,
  )
  await all(four, { load: 40 })
  await until(
    () => all(four),
    (answers) => answers.every(({ lease, open }) => lease === 4 && open === 5),
  )
  await asked.ask({ to: 3, kill: true })
  const rest = await until(
    () => all([0, 1, 2]),
    (answers) => answers.reduce((sum, { lease }) => sum + lease, 0) === 16,
  )
  // By its end, not by its silence, which would take an hour.
  expect(rest.map(({ members }) => members)).toEqual([3, 3, 3])
  expect((await upstream.ask()).peak).toBeLessThanOrEqual(fleet.maxConnections)
})

it('a thread is a member by a port of its process, and gives back what it had when it ends', async () => {
  const server = await holding()
  const store = clusterStore()
  expect(clusterStore()).toBe(store)
  const config = { ...fleet, name: 'threads', maxMembers: 2 }
  const pool = undiciPool({})
  const share = joinFleet(pool, { ...config, store, warnings: false })
  const port = store.port()
  const workerData = { port, fleet: config, url: `${server.origin}/hold`, calls: 30 }
  const thread = new Worker(new URL('children/thread.ts', import.meta.url), { workerData, transferList: [port], execArgv: [] })
  const told = async () => {
    thread.postMessage('tell')
    const [answer] = await once(thread, 'message')
    return answer as MemberAnswer
  }
  await until(told, ({ lease, open }) => lease === 18 && open === 19)
  // It hears of the other in a round of its own.
  const { floor } = await until(
    () => share.stats(),
    ({ members }) => members === 2,
  )
  expect(floor).toBe(1)
  await thread.terminate()
  const asked = Array.from({ length: 30 }, () => ask(pool, `${server.origin}/hold`))
  await until(
    () => share.stats(),
    ({ lease, members }) => lease === 18 && members === 1,
  )
  server.release()
  await Promise.all(asked)
  await pool.close()
})

it('a thread without a port is told so', async () => {
  const thread = new Worker(new URL('children/thread.ts', import.meta.url), {
    workerData: { fleet: { ...fleet, name: 'threads' }, url: '', calls: 0 },
    execArgv: [],
  })
  const [error] = await once(thread, 'error')
  expect(error.message).toContain('pass the port that port() of the store in its process has given')
})
