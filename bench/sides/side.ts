import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { alternate, type Comparison, comparisonOf, median, type Pair } from '../rounds.ts'

/** What a round came to, in requests. */
export interface Round {
  readonly perSecond: number
  /** For each second that the process has worked: what else the machine does counts for nothing. */
  readonly perCpuSecond: number
}

/** One of those who are compared, in a process of its own: beside the other it would run code compiled for the objects of both. */
export class Side {
  /** Microseconds of processor time that a request took, for each round. */
  readonly costs: number[] = []
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /**
   * @param module has `open(...choice)`, which gives what sends a request
   * @param flags of node
   */
  static async open(module: URL, choice: readonly unknown[], flags: readonly string[] = []): Promise<Side> {
    const child = fork(new URL('./child.ts', import.meta.url), [module.href, JSON.stringify(choice)], { execArgv: [...flags] })
    // Or it would be waited for in vain.
    child.once('exit', () => child.emit('error', new Error(`the process of ${choice.join(', ')} has ended`)))
    await once(child, 'message')
    return new Side(child)
  }

  async round(requests: number, inFlight: number): Promise<Round> {
    this.#child.send({ requests, inFlight })
    const [round] = (await once(this.#child, 'message')) as [Round]
    this.costs.push(1_000_000 / round.perCpuSecond)
    return round
  }

  close(): void {
    this.#child.removeAllListeners('exit')
    this.#child.disconnect()
  }
}

/** Rounds that nobody counts: what runs often is compiled by then. */
const warmUps = 3

/** Pairs of processes: in each V8 decides anew, and for good, which objects are old from the start, which is worth up to 20 %. */
const processes = 5

export interface Load {
  readonly requests: number
  readonly inFlight: number
  /** Over all pairs of processes. */
  readonly rounds: number
  readonly by: keyof Round
}

export interface ComparedSides extends Comparison {
  /** Of processor time a request, in the median of the rounds. */
  readonly microseconds: Pair
}

export async function compareSides(
  open: (side: 'native' | 'pool') => Promise<Side>,
  { requests, inFlight, rounds, by }: Load,
): Promise<ComparedSides> {
  const pairs: Pair[] = []
  const costs = { native: [] as number[], pool: [] as number[] }
  for (let left = processes; left > 0; left--) {
    const [native, pool] = await Promise.all([open('native'), open('pool')])
    for (let round = 0; round < warmUps; round++) for (const side of [native, pool]) await side.round(requests, inFlight)
    const rateOf = (side: Side) => async () => (await side.round(requests, inFlight))[by]
    pairs.push(...(await alternate(rateOf(native), rateOf(pool), Math.ceil((rounds - pairs.length) / left))))
    costs.native.push(...native.costs.slice(warmUps))
    costs.pool.push(...pool.costs.slice(warmUps))
    native.close()
    pool.close()
  }
  return { ...comparisonOf(pairs), microseconds: { native: median(costs.native), pool: median(costs.pool) } }
}
