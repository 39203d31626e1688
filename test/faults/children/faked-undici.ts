// Entry of a process in which all of time is faked while undici has requests on connections that have idled: see ../faked-undici.test.ts.
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import FakeTimers from '@sinonjs/fake-timers'
import { engineNamed } from '../engines.ts'
import type { ChildTask } from './messages.ts'

export interface FakedReport {
  /** Under the fakes, and then without. */
  readonly answers: readonly string[]
  readonly created: number
  readonly active: number
}

const { engine: name, url }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const engine = engineNamed(name)

// What the child itself waits with.
const { setTimeout } = globalThis
const patience = 20_000

const stream = () => Readable.from(['some', 'text'])

for (const bodies of [[undefined], ['text'], [stream], [undefined, 'text', stream, undefined]]) {
  const pool = engine.createPool({ maxConnections: 1, acquireTimeout: patience })
  const ask = async (body?: string | (() => Readable)) => {
    const started = await engine.start(pool, { url, ...(body === undefined ? {} : { method: 'POST', body }) })
    return started.read()
  }
  const hung = () => new Promise<string>((resolve) => void setTimeout(resolve, patience, 'hung'))
  const all = (asked: Parameters<typeof ask>[0][]) =>
    Promise.all(asked.map((body) => Promise.race([ask(body).catch(String), hung()])))
  await ask()
  await sleep(30)
  const clock = FakeTimers.install({
    toFake: ['setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'Date', 'performance'],
  })
  const answers = await all(bodies)
  clock.uninstall()
  await sleep(30)
  answers.push(...(await all(bodies)))
  const { created, active } = pool.stats()
  console.log(JSON.stringify({ answers, created, active } satisfies FakedReport))
}
process.exit()
