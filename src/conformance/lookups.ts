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

/** Every name is this machine, and each look-up counts. */
export class CountingLookup {
  count = 0

  readonly lookup: LookupFunction = (name, options, callback) => {
    this.count++
    loopback(name, options, callback)
  }
}
