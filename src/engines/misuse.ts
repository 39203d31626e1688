import type { ClientSupport, Pool } from '../adapter.ts'
import { PoolUnsupportedError } from '../errors.ts'

type Named = Pick<Pool<unknown>, 'name' | 'options'>

/** The methods by which clients know an agent and a dispatcher: looked up before anything is sent. */
const duties = ['addRequest', 'dispatch'] as const

/** The options in which clients look for one, so that a pool which is given as a whole (`fetch(url, pool)`) is not passed by. */
const places = ['httpAgent', 'httpsAgent', 'dispatcher', 'agent'] as const

/**
 * Has a client that is given the pool itself, instead of its `options`, fail by an error that says so: it would take the pool for
 * options that say nothing of agents, and send its requests past it.
 */
export function refuseMisuse<P extends Named>(pool: P, { client, usage }: ClientSupport): P {
  const refuse = (): never => {
    const details = { pool: pool.name }
    throw new PoolUnsupportedError(`the pool itself was given to ${client}, which takes its options: ${usage}`, details)
  }
  const refusing: PropertyDescriptorMap = {
    ...Object.fromEntries(duties.map((duty) => [duty, { get: refuse, configurable: true }])),
    // Not plain, or axios would copy it without what refuses.
    [Symbol.toStringTag]: { value: 'Pool', configurable: true },
  }
  const stand: unknown = Object.create(null, refusing)
  Object.defineProperties(pool, refusing)
  // undici refuses an `agent` by itself, and does not say what to give.
  const looked = 'dispatcher' in Object(pool.options) ? places.slice(0, -1) : places
  return Object.assign(pool, Object.fromEntries(looked.map((place) => [place, stand])))
}
