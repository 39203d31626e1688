import { loopback, slowLookup } from '../../cli/src/conformance/lookups.ts'
import { type Cell, urlsOf } from './cells.ts'
import { percentile } from './results.ts'
import type { Send, Subject } from './subjects.ts'

/** One round, as its process saw it. */
export interface Work {
  readonly answers: number
  readonly errors: number
  readonly seconds: number
  /** Seconds of processor time. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
  /** The first error, if there was any. */
  readonly error?: string
}

/** A subject at work in one cell. */
export class Worker {
  readonly #subject: Subject
  readonly #cell: Cell
  readonly #urls: readonly string[]
  #send: Send | undefined

  constructor(subject: Subject, cell: Cell, port: number) {
    this.#subject = subject
    this.#cell = cell
    this.#urls = urlsOf(cell, port)
  }

  /** As many requests as there is time for, or as are enough, so many in flight at a time. */
  async run(ms: number, enough = Number.POSITIVE_INFINITY): Promise<Work> {
    const { connections, inFlight, cold } = this.#cell
    const before = process.cpuUsage()
    const start = performance.now()
    const send = (cold ? undefined : this.#send) ?? this.#open()
    this.#send = send
    const times: number[] = []
    let turn = 0
    let errors = 0
    let error: string | undefined
    const worker = async () => {
      for (let begun = performance.now(); begun - start < ms && times.length < enough; begun = performance.now()) {
        try {
          await send(this.#urls[turn++ % this.#urls.length] as string)
          times.push(performance.now() - begun)
        } catch (reason) {
          errors++
          error ??= String(reason)
          // Who is refused at once would ask for ever.
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
    }
    await Promise.all(Array.from({ length: this.#subject.queues ? inFlight : Math.min(inFlight, connections) }, worker))
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    const sorted = Float64Array.from(times).sort()
    return {
      answers: times.length,
      errors,
      seconds,
      cpu: (user + system) / 1e6,
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      ...(error !== undefined && { error }),
    }
  }

  #open(): Send {
    const { connections, hosts, scheme, connectMs } = this.#cell
    const lookup = connectMs > 0 ? slowLookup(connectMs) : loopback
    return this.#subject.open({ total: connections, hosts, http2: scheme === 'h2', lookup })
  }
}
