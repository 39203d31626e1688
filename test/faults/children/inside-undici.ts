// Entry of a process in which the caller acts from inside of undici, at every place at which that calls him: see ../inside-suite.ts.
import http from 'node:http'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolDispatcher } from '../../../src/engines/undici-dispatcher/dispatcher.ts'
import { type AnyPool, engineNamed } from '../engines.ts'
import {
  bodiesOf,
  type Dispatcher,
  type End,
  fewBodies,
  listen,
  placesOf,
  send,
  type Undici,
  writePlaces,
} from './inside-parts.ts'
import type { ChildTask } from './messages.ts'

const actions = ['nothing', 'abort', 'throw', 'destroy', 'destroy with an error', 'close', 'reconfigure', 'request'] as const

export interface InsideCase {
  readonly place: string
  readonly action: (typeof actions)[number]
  readonly body: string
  readonly reused: boolean
}

export interface InsideReport extends InsideCase {
  readonly native: Inside
  readonly pooled: Inside
}

/** What came of it, with undici's own Agent or with a pool. */
export interface Inside {
  /** Whether it came by the place at all. */
  readonly came: boolean
  readonly end: End
  /** How often its end was told. */
  readonly ends: number
  /** Of the request that was sent from inside. */
  readonly inner: End
  /** What a plain request gets then. */
  readonly next: End
  readonly closed: boolean
  readonly uncaught: readonly string[]
  /** Of a pool: what is left when all has ended. */
  readonly left?: { readonly open: number; readonly active: number; readonly pending: number }
}

const { engine: name, url, other, name: share }: ChildTask = JSON.parse(process.argv[2] ?? '{}')
const undici = createRequire(import.meta.url)(name) as Undici
const engine = engineNamed(name)
const bodies = bodiesOf(undici)

let uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(error.message))
process.on('unhandledRejection', (error) => uncaught.push(`rejection: ${error}`))

/** Has the server answer so often on connections of its own: it does so in order, so whatever was under way before has been answered. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve, reject) => {
      http.get(url, { agent: false }, (response) => response.resume().on('close', resolve)).on('error', reject)
    })
    await sleep(1)
  }
}

/** Its result, or `pending` if it has none after so many turns and as long as nothing has come. */
async function settled<T>(work: Promise<T>, most = 12): Promise<T | 'pending'> {
  let result: T | 'pending' = 'pending'
  work.then((value) => {
    result = value
  })
  for (let turn = 0; turn < most && result === 'pending'; turn++) await turns(1)
  return result
}

const plain = (dispatcher: Dispatcher, to = url): Promise<End> =>
  new Promise((resolve) => send(dispatcher, `${to}/plain`, undefined, () => {}, resolve))

async function run({ place, action, body, reused }: InsideCase, pool: AnyPool | null): Promise<Inside> {
  uncaught = []
  const dispatcher: Dispatcher =
    pool === null ? new undici.Agent({ connections: 1 }) : (pool.options as { dispatcher: PoolDispatcher }).dispatcher
  const fails = /error/i.test(place)
  const path = /upgrade/i.test(place) ? '/upgrade' : fails ? '/reset' : '/inside'
  const target = place.endsWith('connectError') ? other : url
  if (reused) await plain(dispatcher)
  let came = false
  let ends = 0
  let inner: Promise<End> = Promise.resolve('none')
  let closing: Promise<unknown> | null = null
  const act = (abort: () => void): void => {
    if (came) return
    came = true
    if (action === 'abort') abort()
    else if (action === 'throw') throw new Error('thrown inside')
    else if (action === 'destroy') closing = dispatcher.destroy()
    else if (action === 'destroy with an error') closing = dispatcher.destroy(new Error('the end'))
    else if (action === 'close') closing = dispatcher.close()
    else if (action === 'reconfigure') pool?.reconfigure({ maxConnections: 1, keepAlive: false, maxIdleConnections: 1 })
    else if (action === 'request') inner = plain(dispatcher)
  }
  let abortIt = () => {}
  const stop = place.startsWith('undici:') ? listen(place, path, () => act(() => abortIt())) : () => {}
  const main = new Promise<End>((resolve) => {
    const at = (here: string, abort: () => void) => {
      abortIt = abort
      if (here === place) act(abort)
    }
    const told = (end: End) => {
      ends++
      resolve(end)
    }
    try {
      send(dispatcher, `${target}${path}#${place}`, bodies[body]?.(), at, told)
    } catch (error) {
      told(`thrown: ${(error as Error).message}`)
    }
  })
  const end = await settled(main)
  const innerEnd = await settled(inner)
  stop()
  const next = await settled(plain(dispatcher))
  const over = closing ?? dispatcher.close()
  const closed = (await settled(Promise.resolve(over).then(() => true))) === true
  await turns(1)
  if (!closed) await Promise.race([dispatcher.destroy(), turns(5)])
  const found = { came, end, ends, inner: innerEnd, next, closed, uncaught: [...uncaught] }
  if (pool === null) return found
  const { open, active, pending } = pool.stats()
  return { ...found, left: { open, active, pending } }
}

function* cases(): Generator<InsideCase> {
  for (const place of placesOf(name)) {
    for (const action of actions) {
      for (const body of writePlaces.includes(place) ? Object.keys(bodies) : fewBodies) {
        for (const reused of [false, true]) yield { place, action, body, reused }
      }
    }
  }
}

const [part, parts] = share.split('/').map(Number) as [number, number]
let number = 0
for (const one of cases()) {
  if (number++ % parts !== part) continue
  const native = await run(one, null)
  const pooled = await run(one, engine.createPool({ maxConnections: 1, acquireTimeout: 60_000 }))
  console.log(JSON.stringify({ ...one, native, pooled } satisfies InsideReport))
}
process.exit()
