// Entry of a process in which callbacks of the caller throw, with the client's own agent and with a pool: see ../callbacks.test.ts.
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Agents } from '../../../src/engines/node-agent/open-agents.ts'
import { type AnyPool, engineNamed } from '../engines.ts'
import type { ChildTask } from './messages.ts'
import { nodePlaces, throwingRequest } from './throwing-node.ts'
import { type Dispatcher, nativeDispatcher, placesOf, throwingDispatch } from './throwing-undici.ts'
import { Viewer, type Views } from './views.ts'

/** What came of one request in whose callback was thrown. */
export interface Thrown {
  readonly place: string
  /** `native`: without a pool. Otherwise the request got a new connection, an idle one, or had to wait. */
  readonly as: 'native' | 'fresh' | 'reused' | 'waited'
  /** Messages of uncaught exceptions. */
  readonly uncaught: readonly string[]
  /** What a plain request gets then, under a limit of one connection; null: nothing. */
  readonly next: string | null
  /** The same after the caller has given the request up. */
  readonly last: string | null
  readonly stats: Views | null
  /** After `destroy()`. */
  readonly ended: Views | null
}

const { engine: name, url, other }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const engine = engineNamed(name)

let uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(error.message))
process.on('unhandledRejection', (error) => uncaught.push(`rejection: ${error}`))
process.on('warning', (warning) => uncaught.push(`warning: ${warning}`))

const isNode = name === 'node-http'
const native = () => (isNode ? { http: new http.Agent({ keepAlive: true, maxSockets: 1 }) } : nativeDispatcher(name))

function begin(place: string, options: unknown): () => void {
  return isNode
    ? throwingRequest(place, url, other, options as Agents)
    : throwingDispatch(place, url, other, options as { dispatcher: Dispatcher })
}

/** Has the server answer so often on connections of its own: it does so in order, so whatever was under way before has been answered. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve, reject) => {
      http.get(url, { agent: false }, (response) => response.resume().on('close', resolve)).on('error', reject)
    })
  }
  // Callbacks that the answers have set off.
  for (let turn = 0; turn < 10; turn++) await sleep(2)
}

async function attempt(place: string, as: Thrown['as']): Promise<Thrown> {
  uncaught = []
  const viewer = new Viewer(url, other)
  const pool = as === 'native' ? null : engine.createPool({ maxConnections: 1 })
  const options = pool?.options ?? native()
  const plain = async () => (await engine.start({ options } as AnyPool, { url })).read()
  const orNothing = () => Promise.race([plain(), turns(8).then(() => null)])
  if (as === 'reused') await plain()
  const first = as === 'waited' ? plain() : null
  const giveUp = begin(place, options)
  await first
  await turns(3)
  const caught = [...uncaught]
  const next = await orNothing()
  giveUp()
  const last = await orNothing()
  await turns(1)
  const stats = pool && (await viewer.settle(pool))
  await pool?.destroy()
  const ended = pool && (await viewer.settle(pool))
  return { place, as, uncaught: caught, next, last, stats, ended }
}

for (const place of isNode ? nodePlaces : placesOf(name)) {
  for (const as of ['native', 'fresh', 'reused', 'waited'] as const) console.log(JSON.stringify(await attempt(place, as)))
}
process.exit()
