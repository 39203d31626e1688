import { installed } from './packages.ts'
import type { PromiseName } from './results.ts'

export interface Limits {
  /** Requests that may wait. */
  readonly queue?: number
  /** Milliseconds that a request may wait. */
  readonly deadline?: number
}

type Task = () => Promise<void>

/** Runs a task when there is room. */
type Limit = (task: Task) => Promise<void>

interface Limiter {
  readonly queues: boolean
  /** The settings that come nearest to each promise. */
  readonly settings: { readonly [promise in PromiseName]?: string }
  make(limit: number, limits: Limits): Limit
}

// What is used of each, as its README has it.
interface Cockatiel {
  bulkhead(limit: number, queue: number): { execute(task: Task): Promise<void> }
  timeout(ms: number, strategy: unknown): unknown
  wrap(...policies: unknown[]): { execute(task: Task): Promise<void> }
  readonly TimeoutStrategy: { readonly Aggressive: unknown }
}
interface Bottleneck {
  new (options: object): { schedule(options: object, task: Task): Promise<void> }
  readonly strategy: { readonly OVERFLOW: unknown }
}
type Opossum = new (run: (task: Task) => Promise<void>, options: object) => { fire(task: Task): Promise<void> }
type PQueue = new (options: object) => { add(task: Task): Promise<void> }
type PLimit = (limit: number) => Limit

/** How its users limit requests: all of them, and those to each host by a limiter for each. */
const byRequests = (setting: string) => ({ total: setting, perHost: `${setting}, one for each host`, aborts: setting })

export const limiters: { readonly [name: string]: Limiter } = {
  'p-limit': {
    queues: true,
    settings: byRequests('concurrency'),
    make: (limit) => (installed('p-limit') as { default: PLimit }).default(limit),
  },
  'p-queue': {
    queues: true,
    settings: { ...byRequests('concurrency'), deadline: 'timeout' },
    make: (concurrency, { deadline }) => {
      const PQueue = (installed('p-queue') as { default: PQueue }).default
      const queue = new PQueue({ concurrency, ...(deadline !== undefined && { timeout: deadline }) })
      return (task) => queue.add(task)
    },
  },
  bottleneck: {
    queues: true,
    settings: { ...byRequests('maxConcurrent'), deadline: 'expiration', bound: 'highWater, OVERFLOW' },
    make: (maxConcurrent, { queue, deadline }) => {
      const Bottleneck = installed('bottleneck') as Bottleneck
      const bound = queue === undefined ? {} : { highWater: queue, strategy: Bottleneck.strategy.OVERFLOW }
      const limiter = new Bottleneck({ maxConcurrent, ...bound })
      const job = deadline === undefined ? {} : { expiration: deadline }
      return (task) => limiter.schedule(job, task)
    },
  },
  cockatiel: {
    queues: true,
    settings: { ...byRequests('bulkhead'), deadline: 'timeout around bulkhead', bound: 'bulkhead' },
    make: (limit, { queue = Number.POSITIVE_INFINITY, deadline }) => {
      const { bulkhead, timeout, wrap, TimeoutStrategy } = installed('cockatiel') as Cockatiel
      const room = bulkhead(limit, queue)
      const policy = deadline === undefined ? room : wrap(timeout(deadline, TimeoutStrategy.Aggressive), room)
      return (task) => policy.execute(task)
    },
  },
  opossum: {
    queues: false,
    settings: byRequests('capacity'),
    make: (capacity) => {
      const CircuitBreaker = installed('opossum') as Opossum
      // Only its limit is compared: it never opens.
      const breaker = new CircuitBreaker((task) => task(), { capacity, timeout: false, volumeThreshold: Number.MAX_SAFE_INTEGER })
      return (task) => breaker.fire(task)
    },
  },
}
