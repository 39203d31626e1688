import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Started } from '../programs.ts'
import type { Random } from '../random.ts'
import type { MemberOptions } from './children/member.ts'
import { type Asked, freePort, type MemberAnswer, startMember, startRedis, startUpstream, until, Wire } from './fleet.ts'

const fleet = { maxConnections: 24, floor: 1, maxMembers: 5, ttl: 4000, margin: 2500 }

/** One process of the fleet, or the place of one that is being replaced. */
interface Place {
  readonly name: string
  readonly wire: Wire
  readonly member: Asked<MemberAnswer>
  /** Something is being done to it. */
  taken: boolean
}

type Upstream = Awaited<ReturnType<typeof startUpstream>>

interface Servers {
  primary: Started
  port: number
  replica: Started
  replicaPort: number
}

/** A fleet on a primary of Redis with a replica, to which random things happen. */
export class Chaos {
  /** How often what was done. */
  readonly done: { [kind: string]: number } = {}
  readonly #random: Random
  readonly #file: string
  readonly #upstream: Upstream
  readonly #places: Place[] = []
  /** Of those too that are about to join. */
  readonly #wires = new Set<Wire>()
  readonly #frozen = new Set<string>()
  #servers: Servers
  #storeTaken = false
  #names = 0
  readonly #running = new Set<Promise<void>>()

  private constructor(random: Random, file: string, upstream: Upstream, servers: Servers) {
    this.#random = random
    this.#file = file
    this.#upstream = upstream
    this.#servers = servers
  }

  static async start(file: string, random: Random): Promise<Chaos> {
    const upstream = await startUpstream()
    const [port, replicaPort] = [await freePort(), await freePort()]
    const primary = await startRedis(file, port)
    const replica = await startRedis(file, replicaPort, '--replicaof', '127.0.0.1', `${port}`)
    const chaos = new Chaos(random, file, upstream, { primary, port, replica, replicaPort })
    for (let at = 0; at < fleet.maxMembers; at++) chaos.#places.push(await chaos.#join())
    return chaos
  }

  get maxConnections(): number {
    return fleet.maxConnections
  }

  /** The most that were open at any moment. */
  async peak(): Promise<number> {
    return (await this.#upstream.ask()).peak
  }

  /** Requests that were answered. */
  async served(): Promise<number> {
    return (await this.#upstream.ask()).served
  }

  /** Does something, which may go on while other things are done. */
  next(): void {
    const random = this.#random
    const place = random.pick(this.#places)
    const acts: { readonly [kind: string]: () => Promise<void> } = {
      kill: () => this.#replace(place, async () => place.member.kill()),
      leave: () => this.#replace(place, async () => void (await place.member.ask({ leave: true }))),
      pause: () => this.#freeze(place, random.whole(100, 700)),
      freeze: () => this.#freezeForLong(place, random.whole(3000, 7000)),
      // Mostly for longer than the store remembers it.
      partition: () => this.#cut(place, random.whole(500, 15_000)),
      'store frozen': () => this.#withStore(() => this.#freezeStore(random.whole(300, 6000))),
      'store restarted': () => this.#withStore(() => this.#restartStore(random.whole(0, 3000))),
      'store failed over': () => this.#withStore(() => this.#failOver()),
    }
    const kind = random.chance(0.5) ? 'load' : random.pick(Object.keys(acts))
    const act = acts[kind]
    if (act === undefined) {
      const calls = random.chance(0.2) ? 0 : random.whole(5, 40)
      for (const each of random.chance(0.2) ? this.#places : [place]) void each.member.ask({ load: calls })
    } else if (kind.startsWith('store') ? this.#storeTaken : place.taken) return
    this.done[kind] = (this.done[kind] ?? 0) + 1
    if (act !== undefined) this.#run(act())
  }

  /** Lets everything end, has everybody want everything, and says what each has then. */
  async calm(): Promise<number[]> {
    await Promise.all([...this.#running])
    await Promise.all(this.#places.map(({ member }) => member.ask({ load: 30 })))
    const free = fleet.floor * (fleet.maxMembers - this.#places.length)
    const answers = await until(
      () => Promise.all(this.#places.map(({ member }) => member.ask())),
      (all) => {
        const shares = all.map(({ lease, floor }) => lease + floor)
        return (
          shares.reduce((sum, one) => sum + one, 0) === fleet.maxConnections - free &&
          Math.max(...shares) - Math.min(...shares) <= 1
        )
      },
    )
    return answers.map(({ open }) => open)
  }

  async stop(): Promise<void> {
    for (const { member, wire } of this.#places) {
      member.kill()
      wire.close()
    }
    this.#upstream.kill()
    const { primary, replica } = this.#servers
    for (const { child } of [primary, replica]) child.kill('SIGKILL')
    await Promise.all([primary.stop(), replica.stop()])
  }

  #run(act: Promise<void>): void {
    const running = act.finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async #join(): Promise<Place> {
    const number = this.#names++
    const wire = new Wire(this.#servers.port)
    this.#wires.add(wire)
    // Those that cut have requests of which most take longer than the store remembers who is silent: what is not cut is there when others have it too.
    const cuts = number % 2 === 0
    const options: MemberOptions = {
      name: `m${number}`,
      upstream: this.#upstream.port,
      redis: await wire.listen(),
      client: number % 3 === 0 ? 'redis' : 'ioredis',
      fleet: { ...fleet, onLost: cuts ? 'cut' : 'drain' },
      longest: cuts ? 20_000 : 400,
      wild: number % 5 === 0,
    }
    return { name: options.name, wire, member: await startMember(options), taken: false }
  }

  async #replace(place: Place, end: () => Promise<void>): Promise<void> {
    place.taken = true
    const gone = new Promise((resolve) => place.member.child.once('exit', resolve))
    await end()
    await gone
    place.wire.close()
    this.#wires.delete(place.wire)
    const next = await this.#join()
    this.#places[this.#places.indexOf(place)] = next
    void next.member.ask({ load: this.#random.whole(0, 20) })
  }

  async #freeze(place: Place, ms: number): Promise<void> {
    place.taken = true
    place.member.kill('SIGSTOP')
    await sleep(ms)
    place.member.kill('SIGCONT')
    // Not again before the margin is whole.
    await sleep(fleet.margin)
    place.taken = false
  }

  /** What it has open is not the fleet's to close: not counted until it has been awake for as long as its requests take. */
  async #freezeForLong(place: Place, ms: number): Promise<void> {
    place.taken = true
    this.#frozen.add(place.name)
    await this.#upstream.ask({ exempt: [...this.#frozen] })
    place.member.kill('SIGSTOP')
    await sleep(ms)
    place.member.kill('SIGCONT')
    await place.member.ask()
    await sleep(1000)
    this.#frozen.delete(place.name)
    await this.#upstream.ask({ exempt: [...this.#frozen] })
    await sleep(fleet.margin)
    place.taken = false
  }

  async #cut(place: Place, ms: number): Promise<void> {
    place.taken = true
    place.wire.cut()
    await sleep(ms)
    place.wire.heal()
    place.taken = false
  }

  async #withStore(act: () => Promise<void>): Promise<void> {
    this.#storeTaken = true
    await act()
    // While it learns nobody is given anything that could be too much.
    await sleep(this.#random.whole(0, 15_000))
    this.#storeTaken = false
  }

  async #freezeStore(ms: number): Promise<void> {
    const { child } = this.#servers.primary
    child.kill('SIGSTOP')
    await sleep(ms)
    child.kill('SIGCONT')
  }

  /** It comes back empty. */
  async #restartStore(ms: number): Promise<void> {
    const { primary, port } = this.#servers
    primary.child.kill('SIGKILL')
    await primary.stop()
    await sleep(ms)
    this.#servers.primary = await startRedis(this.#file, port)
  }

  async #failOver(): Promise<void> {
    const { primary, replica, replicaPort } = this.#servers
    primary.child.kill('SIGKILL')
    const client = new Redis(replicaPort, '127.0.0.1')
    await client.replicaof('NO', 'ONE')
    client.disconnect()
    const port = await freePort()
    // Before anybody is led there: who joins from now on goes there as well.
    this.#servers = { primary: replica, port: replicaPort, replica: primary, replicaPort: port }
    for (const wire of this.#wires) wire.lead(replicaPort)
    await primary.stop()
    this.#servers.replica = await startRedis(this.#file, port, '--replicaof', '127.0.0.1', `${replicaPort}`)
    // So that it has what the next one is to lose only the end of.
    await sleep(1000)
  }
}
