import type { PoolConfigField } from 'polypool'
import { ScenarioContext } from './context.ts'
import { between, equal, same, throwsPoolError } from './expect.ts'
import { LagMeter } from './lag.ts'
import type { Case } from './plan.ts'
import { probeNow } from './probe/clock.ts'
import { LocalProbe } from './probe/local.ts'
import { RemoteProbe } from './probe/remote.ts'
import type { Scenario } from './scenario.ts'
import { isRestored, SocketCounter } from './sockets.ts'

export interface Result {
  /** Name of the client. */
  readonly client: string
  /** Name of the case. */
  readonly scenario: string
  /** `absent`: the client can't do it, says so, and it was shown to be so. */
  readonly status: 'passed' | 'failed' | 'absent'
  readonly ms: number
  readonly error: unknown
}

/** Scenarios take well under a second: this is for those that hang. Another process has to start first, and to get its share of the machine. */
const limitsMs = { alone: 30_000, withProcess: 120_000 }

/**
 * Runs one scenario for one client, and checks afterwards that nothing is left of it.
 *
 * @param limitMs after which it counts as hanging; time in which the event loop was late does not count
 */
export async function runCase(one: Case, limitMs = usualLimitOf(one)): Promise<Result> {
  const start = performance.now()
  const stray = new StrayErrors()
  let status: Result['status'] = 'passed'
  let error: unknown = null
  try {
    status = await withProbe(one, limitMs)
    stray.rethrow()
  } catch (thrown) {
    status = 'failed'
    error = thrown
  } finally {
    stray.stop()
  }
  return { client: one.client.name, scenario: one.name, status, ms: performance.now() - start, error }
}

function usualLimitOf({ scenario: { ownProcess, startsClient } }: Case): number {
  return ownProcess || startsClient ? limitsMs.withProcess : limitsMs.alone
}

async function withProbe({ client, peer, scenario, scheme }: Case, limitMs: number): Promise<Result['status']> {
  const probe = scenario.ownProcess ? new RemoteProbe() : new LocalProbe()
  const ports = new Set<number>()
  const sockets = new SocketCounter(ports)
  const lag = new LagMeter()
  const context = new ScenarioContext({
    client,
    peer,
    scheme,
    probe,
    sockets,
    ports,
    lag,
    scenario,
  })
  try {
    const status = await inTime(runVariant(context, scenario), limitMs, lag)
    await inTime(nothingLeft(context), limitMs, lag)
    if (scenario.through) await nothingPast(context)
    return status
  } finally {
    await Promise.all(context.pools.map((pool) => pool.destroy().catch(() => {})))
    await probe.stop()
    lag.stop()
    sockets.stop()
    equal(isRestored(), true, 'net.Socket is as it was before')
  }
}

/** What an adapter says about the fields under test decides what must hold. */
async function runVariant(context: ScenarioContext, scenario: Scenario): Promise<Result['status']> {
  const fields = scenario.covers.filter((covered): covered is PoolConfigField => covered in context.client.adapter.support.fields)
  const unsupported = fields.find((field) => context.support(field) === 'unsupported')
  if (unsupported) {
    // Whole, as a field may ask for something only beside another.
    throwsPoolError('ERR_POOL_UNSUPPORTED', `createPool with ${unsupported}`, () => context.pool(context.config))
    await scenario.absent?.(context)
    return 'absent'
  }
  const approximated = fields.some((field) => context.support(field) === 'approximated')
  await (approximated && scenario.approximated ? scenario.approximated(context) : scenario.run(context))
  return 'passed'
}

/** Rule 4, after every scenario: destroyed pools hold nothing, and their books agree with the sockets that were seen. */
async function nothingLeft(context: ScenarioContext): Promise<void> {
  const { pools, sockets } = context
  await Promise.all(pools.map((pool) => pool.destroy()))
  // `close` events may need one more turn.
  await context.eventually(() => sockets.open, 0, 'client sockets after destroy()')
  for (const pool of pools) {
    const { open, active, idle, pending } = pool.stats()
    same({ open, active, idle, pending }, { open: 0, active: 0, idle: 0, pending: 0 }, 'stats() after destroy()')
  }
  const [only] = pools
  if (!only || pools.length > 1) return
  const connected = sockets.all.filter(({ connectedAt }) => connectedAt !== null).length
  // A socket that was never established may or may not count as one that was created.
  const { foreignSockets } = context
  between(
    only.stats().created,
    connected - foreignSockets,
    sockets.opened - foreignSockets,
    'stats().created, against the sockets seen',
  )
}

/** What the origins have accepted came from the proxies. */
async function nothingPast({ probe }: ScenarioContext): Promise<void> {
  const { opened, proxies } = await probe.report()
  const upstream = proxies.reduce((sum, proxy) => sum + proxy.upstream, 0)
  between(opened, 0, upstream, 'connections that the origins accepted, against those of the proxies')
}

function inTime<T>(work: Promise<T>, limitMs: number, lag: LagMeter): Promise<T> {
  const from = probeNow()
  let timer: NodeJS.Timeout
  const late = new Promise<never>((_, reject) => {
    const look = () => {
      const left = limitMs - (probeNow() - from - lag.within({ from, to: probeNow() }))
      if (left <= 0) reject(new Error(`did not finish within ${limitMs / 1000} s`))
      else timer = setTimeout(look, Math.ceil(left))
    }
    timer = setTimeout(look, limitMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Errors that reach no promise: a client or pool that throws into the void has failed. */
class StrayErrors {
  readonly #caught: unknown[] = []
  readonly #catch = (error: unknown) => void this.#caught.push(error)

  constructor() {
    process.on('uncaughtException', this.#catch)
    process.on('unhandledRejection', this.#catch)
  }

  rethrow(): void {
    if (this.#caught.length > 0) throw new Error('an error was thrown outside of any request', { cause: this.#caught[0] })
  }

  stop(): void {
    process.off('uncaughtException', this.#catch)
    process.off('unhandledRejection', this.#catch)
  }
}
