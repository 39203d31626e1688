// Entry of a process in which time is faked before polypool is loaded: see ../faked-before.test.ts.
import { mock } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'
import type { ClientTask } from './messages.ts'

export type FakedBefore = {
  /** Of requests one after another, under the fakes. */
  readonly answers: readonly string[]
  /** How a request ended under the fakes that had to wait. */
  readonly waited: string
  /** Connections left once they had time to expire, under the fakes. */
  readonly open: number
  /** One after the fakes were taken back. */
  readonly after: string
}

const { setTimeout } = globalThis
const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms))

const { driver: name, url, by = '' }: ClientTask = JSON.parse(process.argv[2] ?? '{}')
let takeBack: () => void
if (by === 'node:test') {
  mock.timers.enable({ apis: ['setImmediate', 'setTimeout', 'setInterval', 'Date'] })
  takeBack = () => mock.timers.reset()
} else {
  const clock = FakeTimers.install({ toFake: by.split(',') as 'Date'[], now: 946_684_800_000 })
  takeBack = () => clock.uninstall()
}

const { loadClient } = await import('../../../cli/src/conformance/catalog.ts')
const client = await loadClient({ driver: name })
const handle = client.driver.open(client.module)
const pool = client.adapter.createPool({ maxConnections: 1, acquireTimeout: 200, keepAliveExpiry: 300 })
const ask = async (path: string) => {
  const started = await handle.start(pool, { url: url + path })
  return started.read()
}

const answers = [await ask('/')]
for (const idle of [0, 30, 30]) {
  await sleep(idle)
  answers.push(await ask('/'))
}
const held = ask(`/hold?${process.pid}`)
const waited = await ask('/').then(
  () => 'answered',
  (error: { code?: string; cause?: { code?: string } }) => error.code ?? error.cause?.code ?? 'unknown',
)
// What holds it is released by a connection of no pool's.
const { get } = await import('node:http')
get(`${url}/release?${process.pid}`).on('response', (response) => response.resume())
await held
while (pool.stats().open > 0) await sleep(20)
const { open } = pool.stats()
takeBack()
const after = await ask('/')
await pool.close()
console.log(JSON.stringify({ answers, waited, open, after } satisfies FakedBefore))
