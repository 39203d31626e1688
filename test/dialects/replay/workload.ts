import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyPool } from '../../../cli/src/conformance/client.ts'
import type { ClientHandle } from '../../../cli/src/conformance/clients/types.ts'
import { probeNow } from '../../../cli/src/conformance/probe/clock.ts'
import type { Probe, ProbeOrigin } from '../../../cli/src/conformance/probe/types.ts'
import { isPoolError } from '../../../src/errors.ts'
import { disconnected } from './facts.ts'
import type { ReferenceScenario, RequestStep, Step } from './reference.ts'

export interface Target {
  readonly client: ClientHandle
  readonly pool: AnyPool
  readonly probe: Probe
  /** By index of the host. */
  readonly origins: readonly ProbeOrigin[]
  /** Client sockets open now, by index of the host. */
  readonly open: () => readonly number[]
}

/** How one request ended for its caller. */
export interface Outcome {
  readonly id: string
  readonly error?: string
  readonly ms: number
  /** On the probe's clock. */
  readonly endedAt: number
}

/** Replays the steps of one scenario through a pool. */
export class Workload {
  readonly outcomes: Outcome[] = []
  /** Ids in the order in which requests were started. */
  readonly started: string[] = []
  readonly marks = new Map<string, readonly number[]>()
  readonly #target: Target
  readonly #scenario: ReferenceScenario
  readonly #background: Promise<void>[] = []
  #serverCloses: Promise<void> = Promise.resolve()
  /** Milliseconds that the last request took longer than the server needs for it. */
  #late = 0

  constructor(target: Target, scenario: ReferenceScenario) {
    this.#target = target
    this.#scenario = scenario
  }

  async run(): Promise<void> {
    const { dropOnReuse, kaHeader } = this.#scenario.server
    const query = new URLSearchParams({ ...(dropOnReuse ? { fin: 'reused' } : {}), ...(kaHeader ? { hint: kaHeader } : {}) })
    for (const { id } of this.#target.origins) await this.#target.probe.setBehaviour(id, query.toString())
    for (const step of this.#scenario.steps) await this.#take(step)
  }

  async #take(step: Step): Promise<void> {
    switch (step.op) {
      case 'burst': {
        const start = probeNow()
        const burst = this.#burst(step.reqs, step.stagger)
        if (step.bg) this.#background.push(burst)
        else await burst
        const [only, ...others] = step.reqs
        this.#late = only && others.length === 0 ? Math.max(0, probeNow() - start - only.d) : 0
        break
      }
      case 'sleep':
        // Keeps the pace of single requests on a busy machine: what one was late is taken off the pause, half of it at most.
        await Promise.all([sleep(step.ms - Math.min(this.#late, step.ms / 2)), this.#serverCloses])
        this.#late = 0
        break
      case 'mark':
        this.marks.set(step.name, this.#target.open())
        break
      case 'join':
        await Promise.all(this.#background)
        break
      case 'ss':
        // What the sockets were told is recorded while they are set up.
        break
    }
  }

  /** Starts them all, but no more at one time than the workload's own threads, tasks or handles. */
  async #burst(requests: readonly RequestStep[], stagger: number): Promise<void> {
    const { concurrency } = this.#scenario.workload
    const queue = requests.slice(concurrency)
    const workers: Promise<void>[] = []
    for (const first of requests.slice(0, concurrency)) {
      if (stagger > 0 && workers.length > 0) await sleep(stagger)
      workers.push(this.#work(first, queue))
    }
    await Promise.all(workers)
  }

  async #work(first: RequestStep, queue: RequestStep[]): Promise<void> {
    for (let next: RequestStep | undefined = first; next; next = queue.shift()) await this.#request(next)
  }

  async #request(step: RequestStep): Promise<void> {
    this.started.push(step.id)
    const start = probeNow()
    const end = () => ({ id: step.id, ms: probeNow() - start, endedAt: probeNow() })
    try {
      await this.#send(step)
      this.outcomes.push(end())
    } catch (error) {
      this.outcomes.push({ ...end(), error: kindOf(error) })
    }
    const { idleCloseMs } = this.#scenario.server
    if (idleCloseMs !== undefined) this.#serverCloses = this.#closeIdle(step.h, idleCloseMs)
  }

  /** As a server does that closes what idles so long. */
  async #closeIdle(host: number, afterMs: number): Promise<void> {
    await sleep(afterMs)
    await this.#target.probe.closeIdle(this.#target.origins[host]?.id ?? 0)
  }

  async #send({ id, h, d, method, s, chunks, mode, holdMs, cancelMs }: RequestStep): Promise<void> {
    const { client, pool, origins } = this.#target
    // A body in pieces is one that is still coming when the workload ends: the probe keeps the last piece.
    const query = { id, delay: d, ...(s ? { size: s } : {}), ...(chunks ? { chunks, holdBody: 'ever' } : {}) }
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
    const started = await client.start(pool, {
      url: `http://127.0.0.1:${origins[h]?.port}/?${search}`,
      ...(method ? { method, body: 'x' } : {}),
      ...(cancelMs ? { signal: AbortSignal.timeout(cancelMs) } : {}),
    })
    switch (mode) {
      case undefined:
        await started.read()
        break
      case 'close_early':
      case 'release_early':
        started.cancel()
        break
      case 'unread_hold':
        await sleep(holdMs)
        started.cancel()
        break
      case 'unread_drop':
        break
    }
  }
}

function kindOf(error: unknown): string {
  if (isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')) return 'acquire timeout'
  const { code, name, message } = error as { code?: unknown; name: string; message: string }
  if (name === 'AbortError' || name === 'TimeoutError') return 'cancelled'
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return disconnected
  return `${String(code ?? name)}: ${message}`
}
