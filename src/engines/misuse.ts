import { PoolUnsupportedError } from '../errors.ts'

/** The methods by which clients know an agent and a dispatcher: looked up before anything is sent. */
const duties = ['addRequest', 'dispatch'] as const

/** The options in which clients look for one, so that a pool which is given as a whole (`fetch(url, pool)`) is not passed by. */
const places = ['agent', 'httpAgent', 'httpsAgent', 'dispatcher'] as const

/**
 * Has a client that is given the pool itself, instead of its `options`, fail by an error that says so: it would take a plain object for
 * options that say nothing of agents, and send its requests past the pool.
 * @param usage how the client takes a pool, as code
 */
export function refuseMisuse<P extends object>(pool: P, client: string, usage: string): P {
  const refuse = (): never => {
    throw new PoolUnsupportedError(`the pool itself was given to ${client}, which takes its options: ${usage}`)
  }
  const refusing = Object.fromEntries(duties.map((duty) => [duty, { get: refuse, configurable: true }]))
  // Not plain, or axios would copy it without what refuses.
  const stand = Object.create(Object.create(null), refusing) as object
  Object.defineProperties(pool, { ...refusing, [Symbol.toStringTag]: { value: 'Pool' } })
  return Object.assign(pool, Object.fromEntries(places.map((place) => [place, stand])))
}
