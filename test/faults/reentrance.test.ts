import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { always } from './answers.ts'
import { type AnyPool, type Engine, engines } from './engines.ts'
import { codeOf, type Outcome } from './expected.ts'
import { dispatchWith, nodeEvents, requestWith, undiciEvents } from './reentrance-events.ts'
import { acquireTimeout, ask, inTime, recovers, settled, testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

interface Scene {
  readonly engine: Engine
  readonly pool: AnyPool
  /** Of a server without faults. */
  readonly url: string
}

/** What is done from inside an event, and whether requests are served afterwards. */
interface Action {
  readonly name: string
  /** Ends the pool: those that wait are served by `close` and refused by `destroy`. */
  readonly ends?: 'close' | 'destroy'
  /** Resolves with the outcomes of the requests that it has sent itself. */
  act(scene: Scene): Promise<Outcome[]>
}

const actions: readonly Action[] = [
  { name: 'the next request', act: async ({ engine, pool, url }) => [await ask(engine, pool, url)] },
  {
    name: 'three requests and a reconfigure() to fewer and to more',
    async act({ engine, pool, url }) {
      const asked = [1, 2, 3].map(() => ask(engine, pool, url))
      pool.reconfigure({ maxConnections: 1, keepAlive: false, maxIdleConnections: 1 })
      pool.reconfigure({ maxConnections: 3, keepAlive: true, maxIdleConnections: 'unlimited' })
      return Promise.all(asked)
    },
  },
  {
    name: 'close()',
    ends: 'close',
    async act({ pool }) {
      await pool.close()
      return []
    },
  },
  {
    name: 'destroy()',
    ends: 'destroy',
    async act({ pool }) {
      await pool.destroy()
      return []
    },
  },
]

/** A port where nobody listens. */
function refusing(): Promise<string> {
  return new Promise((resolve) => {
    const once = createServer().listen(0, '127.0.0.1', () => {
      const address = once.address()
      once.close(() => resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`))
    })
  })
}

describe.each(engines)('$name', { concurrent: true, timeout: testTimeout }, (engine) => {
  const isNode = engine.name === 'node-http'
  const events = isNode ? nodeEvents : undiciEvents
  const begin = isNode ? requestWith : dispatchWith
  const cases = events.flatMap((event) => actions.map((action) => ({ ...event, action })))

  test.each(cases)('$action.name from $name ($of)', async ({ name, of, action }) => {
    const reset = await server().listen({ connections: [['request', 'rst'], always('good')] })
    const good = await server().listen({ connections: [always('good')] })
    const url = { answer: good.url, reset: reset.url, refusal: await refusing() }[of]
    const pool = engine.createPool({ maxConnections: 1, acquireTimeout })
    let early = true
    let first = false
    const over: Promise<void>[] = []
    const acted = new Promise<Outcome[]>((resolve, reject) => {
      const act = () => {
        first = early
        action.act({ engine, pool, url: good.url }).then(resolve, reject)
      }
      over.push(begin(pool, url, name, act))
    })
    early = false
    // Those that wait for the same place meanwhile.
    const waiting = [good, of === 'reset' ? reset : good, good].map((origin) => ask(engine, pool, origin.url))
    await inTime(Promise.all(over), 'the request with the listener')
    const others = await Promise.all(waiting)
    const own = await inTime(acted, action.name)
    const served = (outcomes: Outcome[]) => outcomes.map((outcome) => codeOf(outcome) ?? outcome.body)
    if (action.ends !== undefined && first) {
      // The event came while the request was being sent: the pool was closed before the others.
      expect(served(others)).toEqual(waiting.map(() => 'ERR_POOL_CLOSED'))
    } else if (action.ends === 'destroy') {
      for (const outcome of served(others)) expect(['good', 'ERR_POOL_CLOSED']).toContain(outcome)
    } else {
      // Whoever comes second to the origin that resets finds it in order.
      expect([...served(others), ...served(own)].filter((outcome) => outcome !== 'good')).toEqual([])
    }
    if (action.ends === undefined) {
      await settled(pool, [good, reset])
      await recovers(engine, pool, good, [good, reset])
    } else {
      expect(codeOf(await ask(engine, pool, good.url))).toBe('ERR_POOL_CLOSED')
    }
    await inTime(pool.close(), 'close()')
    await settled(pool, [good, reset], 0)
    expect(pool.stats().hosts).toEqual({})
  })
})
