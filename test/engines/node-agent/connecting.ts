import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { OnCreate, RequestOptions } from '../../../src/engines/node-agent/native.ts'
import { type Opened, probeCertificate, type Scheme } from './support.ts'

export type Create = (options: RequestOptions, callback: OnCreate) => Socket | null | undefined

/** Replaces how the agent connects, as callers do. */
export const assign = (opened: Opened, create: Create) => {
  ;(opened.agent as unknown as { createConnection: Create }).createConnection = create
}

/** Connects after a while. */
export const later =
  (scheme: Scheme, ms: number): Create =>
  (options, callback) => {
    setTimeout(() => callback(null, dial(scheme, options)), ms)
    return undefined
  }

/** Connects, or does something else, once it is let: however busy the machine is, not before. */
export class HeldDials {
  readonly #waiting: Array<() => void> = []
  readonly #then: (options: RequestOptions, callback: OnCreate) => void

  constructor(then: (options: RequestOptions, callback: OnCreate) => void) {
    this.#then = then
  }

  readonly create: Create = (options, callback) => {
    this.#waiting.push(() => this.#then(options, callback))
    return undefined
  }

  /** Those that wait. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go()
  }
}

export const dial = (scheme: Scheme, { port }: RequestOptions): Socket => {
  const to = { port: Number(port), host: '127.0.0.1' }
  return scheme === 'http' ? net.connect(to) : tls.connect({ ...to, ca: probeCertificate })
}
