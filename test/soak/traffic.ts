import { setTimeout as sleep } from 'node:timers/promises'
import type { ConformanceClient } from '../../cli/src/conformance/client.ts'
import type { Random } from '../random.ts'
import { Budget } from './budget.ts'
import { type Ledger, watchConnects } from './caps.ts'
import { explain } from './outcomes.ts'
import { longest, type Places, sendRandom } from './requests.ts'

/** Far above what the caller's abort and every timeout allow. */
const hangs = 20 * longest

/** Callers at random, and somebody who changes the pools under them. */
export class Traffic {
  readonly budgets: Budget[] = []
  /** How requests ended, by client. */
  readonly outcomes = new Map<string, Map<string, number>>()
  /** Requests that have ended. */
  requests = 0
  readonly changes = { reconfigured: 0, replaced: 0, reopened: 0 }
  readonly #random: Random
  readonly #places: Places
  readonly #teams: readonly (readonly ConformanceClient[])[]
  readonly #report: (problem: string) => void
  readonly #ledgers = new Map<number, Ledger>()
  readonly #unwatch: () => void
  #lastId = 0
  #ended = 0
  #sockets = 0
  #peak = 0

  constructor(
    random: Random,
    places: Places,
    teams: readonly (readonly ConformanceClient[])[],
    report: (problem: string) => void,
  ) {
    this.#random = random
    this.#places = places
    this.#teams = teams
    this.#report = report
    this.#unwatch = watchConnects((socket, host, port) => {
      const [, id] = /^b(\d+)-/.exec(host) ?? []
      const ledger = this.#ledgers.get(Number(id))
      if (ledger === undefined) report(`a socket to ${host}:${port}, of no pool that is open`)
      else ledger.connecting(socket, host, port)
      this.#peak = Math.max(this.#peak, ++this.#sockets)
      socket.once('close', () => this.#sockets--)
    })
    for (const team of teams) this.budgets.push(this.#open(team))
  }

  /** Sockets that were opened, by pools that have ended too. */
  get opened(): number {
    return this.budgets.reduce((sum, { ledger }) => sum + ledger.opened, this.#ended)
  }

  /** The most sockets that were open at one time since the last call, of all pools and tunnels. */
  takePeak(): number {
    const peak = this.#peak
    this.#peak = this.#sockets
    return peak
  }

  /** Runs for so many milliseconds, and until the last request has ended. */
  async run(callers: number, ms: number): Promise<void> {
    const end = performance.now() + ms
    const call = async (random: Random) => {
      while (performance.now() < end) {
        await this.#send(random)
        await sleep(random.between(0, 20))
      }
    }
    const change = async () => {
      while (performance.now() < end) {
        await sleep(this.#random.between(20, 400))
        await this.#change()
      }
    }
    await Promise.all([change(), ...Array.from({ length: callers }, () => call(this.#random.fork()))])
  }

  /** Closes every pool, does something, and opens new ones. */
  async rest(meanwhile: () => Promise<void>): Promise<void> {
    for (const budget of this.budgets.splice(0)) await this.#close(budget)
    await meanwhile()
    for (const team of this.#teams) this.budgets.push(this.#open(team))
  }

  /** Closes every pool. */
  async end(): Promise<void> {
    for (const budget of this.budgets.splice(0)) await this.#close(budget)
    this.#unwatch()
  }

  async #send(random: Random): Promise<void> {
    const sent = await inTime(sendRandom(random, random.pick(this.budgets), this.#places))
    const { client, error } = sent ?? { client: 'any', error: new Error('a request hangs') }
    this.requests++
    const { name, problem } = explain(error)
    if (problem !== null) this.#report(`${client}: ${problem}`)
    const counts = this.outcomes.get(client) ?? new Map<string, number>()
    this.outcomes.set(client, counts.set(name, (counts.get(name) ?? 0) + 1))
  }

  async #change(): Promise<void> {
    const random = this.#random
    const at = random.whole(0, this.budgets.length - 1)
    const budget = this.budgets[at] as Budget
    const what = random.next()
    if (what < 0.7) {
      budget.reconfigure(random)
      this.changes.reconfigured++
    } else if (what < 0.9) {
      await this.#mustEnd(budget.replace(random))
      this.changes.replaced++
    } else {
      this.budgets[at] = this.#open(this.#teams[at] as readonly ConformanceClient[])
      await this.#close(budget)
      this.changes.reopened++
    }
  }

  async #mustEnd(ending: Promise<boolean>): Promise<void> {
    if ((await inTime(ending)) === undefined) this.#report('a pool does not close')
  }

  #open(team: readonly ConformanceClient[]): Budget {
    const id = ++this.#lastId
    const budget = new Budget(id, team, this.#random, this.#report)
    this.#ledgers.set(id, budget.ledger)
    return budget
  }

  async #close(budget: Budget): Promise<void> {
    const { ledger } = budget
    await this.#mustEnd(budget.end(this.#random))
    // Tunnels are their callers' business.
    for (let waited = 0; ledger.open > 0 && waited < 3000; waited += 20) await sleep(20)
    if (ledger.open > 0) this.#report(`${ledger.open} sockets are open after their pool has ended`)
    this.#ledgers.delete(ledger.id)
    this.#ended += ledger.opened
  }
}

/** Undefined if it takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), hangs)
  })
  const outcome = await Promise.race([work, late])
  clearTimeout(timer)
  return outcome
}
