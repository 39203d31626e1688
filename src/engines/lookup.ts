import type { LookupAddress, LookupOptions } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { LRU } from 'tiny-lru'
import type { Clock } from '../pool/port.ts'
import { AsyncResource } from './async-hooks.ts'

/** Many times the hosts that a pool keeps connections to; some 4 MB if all were used. */
const mostNames = 10_000

/** How long, in milliseconds, a look-up is joined by others. A look-up of the caller's own may never answer: then the next one asks anew. */
const joinable = 1000

type Callback = Parameters<LookupFunction>[2]

/** What a look-up gave, until it is too old. */
class Answer {
  readonly until: number
  /** In the resolver's order, each with all addresses of its family and its place among them. */
  readonly #places: readonly { readonly family: readonly LookupAddress[]; readonly index: number }[]
  #turn = 0

  constructor(addresses: readonly LookupAddress[], until: number) {
    this.until = until
    const families = new Map<number, LookupAddress[]>()
    this.#places = addresses.map((address) => {
      const family = families.get(address.family) ?? []
      families.set(address.family, family)
      return { family, index: family.push(address) - 1 }
    })
  }

  /**
   * All addresses. Which family comes where is the resolver's choice and stays; within a family each call begins with the next address,
   * as DNS servers rotate equals, so that one answer does not send every connection to one machine.
   */
  next(): LookupAddress[] {
    const turn = this.#turn++
    return this.#places.map(({ family, index }) => ({ ...(family[(index + turn) % family.length] as LookupAddress) }))
  }
}

/** A look-up under way and those who wait for it. */
class Flight {
  readonly until: number
  readonly asked: Asked[]
  landed = false

  constructor(first: Asked, until: number) {
    this.asked = [first]
    this.until = until
  }
}

/** One call of the caching look-up; answered in its caller's async context, whoever's look-up it was. */
class Asked extends AsyncResource {
  readonly #all: boolean
  readonly #callback: Callback

  constructor(all: boolean, callback: Callback) {
    super('PolypoolLookup')
    this.#all = all
    this.#callback = callback
  }

  answer(addresses: LookupAddress[]): void {
    const [{ address, family }] = addresses as [LookupAddress]
    if (this.#all) this.runInAsyncScope(this.#callback, undefined, null, addresses)
    else this.runInAsyncScope(this.#callback, undefined, null, address, family)
  }

  fail(error: NodeJS.ErrnoException): void {
    this.runInAsyncScope(this.#callback, undefined, error, this.#all ? [] : '')
  }
}

/**
 * A `lookup` for sockets that remembers addresses for `ttl` milliseconds; failures are not remembered.
 * It asks the given look-up (or `dns.lookup`, so that names from the hosts file count and are cached too) once for all who ask the same at
 * one time, and starts no timer: what is too old is replaced when it is asked for.
 */
export function cachedLookup(ttl: number, clock: Clock, lookup: LookupFunction = systemLookup): LookupFunction {
  const names = new LRU<Answer | Flight>(mostNames)
  const { isIP } = process.getBuiltinModule('node:net')

  /**
   * As late as the answer of a look-up is: by then the socket's owner has heard of the socket, and listens for its 'lookup'.
   * Each by itself, so that what one's callback throws is not another's loss.
   */
  const later = (answer: () => void) => clock.check(call, answer)

  function land(hostname: string, key: string, flight: Flight, [error, found, family]: Parameters<Callback>): void {
    if (flight.landed) return
    flight.landed = true
    const addresses = error ? [] : listed(found, family)
    const isNewest = names.peek(key) === flight
    if (addresses.length > 0) {
      const answer = new Answer(addresses, clock.now() + ttl)
      // What is no address fails at each connection, and is no answer to remember.
      if (isNewest && addresses.every(({ address }) => isIP(address) !== 0)) names.set(key, answer)
      else if (isNewest) names.delete(key)
      for (const asked of flight.asked) later(() => asked.answer(answer.next()))
    } else {
      if (isNewest) names.delete(key)
      const reason = error ?? noAddress(hostname)
      for (const asked of flight.asked) later(() => asked.fail(reason))
    }
  }

  return (hostname, options, callback) => {
    const key = keyOf(hostname, options)
    const asked = new Asked(options.all === true, callback)
    const known = names.get(key)
    const now = clock.now()
    if (known !== undefined && now < known.until) {
      if (known instanceof Answer) later(() => asked.answer(known.next()))
      else known.asked.push(asked)
      return
    }
    const flight = new Flight(asked, now + joinable)
    names.set(key, flight)
    try {
      lookup(hostname, { ...options, all: true }, (...answer) => land(hostname, key, flight, answer))
    } catch (error) {
      if (names.peek(key) === flight) names.delete(key)
      throw error
    }
  }
}

/**
 * A look-up of the caller's own, made one that does what sockets rely on: it answers once, not at once, when nobody can have heard of the socket yet
 * that it is for, and with addresses or an error. What it throws is its error, and so is what its promise rejects with if it answers by none:
 * `net.connect` would throw it on, and leave behind a socket that connects, of which nobody knows.
 */
export function steadyLookup(lookup: LookupFunction, clock: Clock): LookupFunction {
  return (hostname, options, callback) => {
    let answer: Parameters<Callback> | null = null
    let called = false
    const tell = () => callback(...(answer as Parameters<Callback>))
    const settle = (...given: Parameters<Callback>) => {
      if (answer !== null) return
      answer = answerOf(hostname, options, given)
      if (called) tell()
      else clock.soon(tell)
    }
    try {
      const returned: unknown = lookup(hostname, options, settle)
      if (returned instanceof Promise) returned.catch((error) => (answer === null ? settle(error, []) : Promise.reject(error)))
    } catch (error) {
      settle(error as Error, [])
      answer = answerOf(hostname, options, [error as Error, []])
    }
    called = true
  }
}

/** What a socket is to hear. */
function answerOf(hostname: string, { all }: LookupOptions, [error, found, family]: Parameters<Callback>): Parameters<Callback> {
  const addresses = error ? [] : listed(found, family)
  const [first] = addresses
  if (first === undefined) return [error || noAddress(hostname), all === true ? [] : '']
  return all === true ? [null, addresses] : [null, first.address, first.family]
}

/** A look-up of the caller's own may not know `all`, and may give anything. */
function listed(found: unknown, family: number | undefined): LookupAddress[] {
  const { isIP } = process.getBuiltinModule('node:net')
  const list: unknown[] = Array.isArray(found) ? found : [{ address: found, family: family ?? isIP(String(found)) }]
  return list.filter((one): one is LookupAddress => {
    const address = (one as { address?: unknown } | null)?.address
    return typeof address === 'string' && address !== ''
  })
}

function call(callback: () => void): void {
  callback()
}

/** Found anew at each call, as by node's own sockets: it may be instrumented meanwhile. */
const systemLookup: LookupFunction = (hostname, options, callback) => {
  process.getBuiltinModule('node:dns').lookup(hostname, { ...options, all: true }, callback)
}

/**
 * What an answer depends on. Where no order is asked for it is the process's own, which can be set at any time. A family that is none of node's
 * is for a look-up of the caller's own, and may be a symbol.
 */
function keyOf(hostname: string, { family = 0, hints, order, verbatim }: LookupOptions): string {
  const version = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : String(family)
  const wanted = order ?? verbatim ?? process.getBuiltinModule('node:dns').getDefaultResultOrder()
  return `${hostname} ${version} ${hints ?? 0} ${wanted}`
}

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`lookup ENOTFOUND ${hostname}: the look-up gave no address`), {
    code: 'ENOTFOUND',
    syscall: 'lookup',
    hostname,
  })
}
