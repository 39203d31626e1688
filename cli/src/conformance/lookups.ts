import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Every name is this machine. Asynchronous, as a look-up is. */
export const loopback: LookupFunction = (_name, options, callback) => {
  setImmediate(() => {
    if (options.all) callback(null, options.family === 6 ? [] : [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  })
}

/** No name is known. */
export const unknownHost: LookupFunction = (name, _options, callback) => {
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname: name,
  })
  callback(error, '', 4)
}

export const neverAnswers: LookupFunction = () => {}

/** Every name is this machine, which is told when it is let: a connect takes until then. */
export class HeldLookup {
  readonly #waiting: Array<() => void> = []

  get waiting(): number {
    return this.#waiting.length
  }

  readonly lookup: LookupFunction = (name, options, callback) => {
    this.#waiting.push(() => loopback(name, options, callback))
  }

  release(): void {
    for (const go of this.#waiting.splice(0)) go()
  }
}

/** Every name is this machine, and each look-up counts. */
export class CountingLookup {
  count = 0

  readonly lookup: LookupFunction = (name, options, callback) => {
    this.count++
    loopback(name, options, callback)
  }
}

/** Gives these addresses, the first of which comes last next time if `rotating`; each look-up counts. */
export class ListLookup {
  count = 0
  readonly #addresses: LookupAddress[]
  readonly #rotating: boolean

  constructor(addresses: readonly string[], rotating = false) {
    this.#addresses = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    this.#rotating = rotating
  }

  readonly lookup: LookupFunction = (_name, options, callback) => {
    this.count++
    const found = this.#addresses.filter(({ family }) => !options.family || options.family === family)
    if (this.#rotating) this.#addresses.push(this.#addresses.shift() as LookupAddress)
    setImmediate(() => {
      if (options.all) callback(null, found)
      else callback(null, found[0]?.address ?? '', found[0]?.family ?? 4)
    })
  }
}

/** Every name is this machine, and is known only after so many milliseconds: a connect takes that much longer. */
export function slowLookup(ms: number): LookupFunction {
  return (name, options, callback) => {
    setTimeout(() => loopback(name, options, callback), ms)
  }
}
