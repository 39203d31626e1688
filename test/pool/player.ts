import type { Member } from '../../src/pool/port.ts'
import { resolved } from './config.ts'
import { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane, FakeRequest } from './fake-entities.ts'
import { Model } from './model.ts'
import { type Operation, origins, type Scenario } from './scenarios.ts'

/** Plays a scenario against core and model, lets everything end, and throws at the first difference. */
export function play(scenario: Scenario): void {
  new Player(scenario).play()
}

/** How often callers ask again, all together, within one operation. */
const patience = 24

const pick = <T>(among: T[], position: number): T | undefined => among[position % Math.max(1, among.length)]

/** Whether it speaks HTTP/2 and is open. */
const isSession = ({ h2, phase }: FakeConnection) => h2 && (phase === 'busy' || phase === 'idle')

class Player {
  readonly engine: FakeEngine
  readonly model: Model
  readonly members: Member<FakeLane>[] = []
  readonly #scenario: Scenario
  readonly #then = new Map<FakeRequest, string>()
  /** What a request made from inside a call is to do in turn; one that waits is not known yet when it is settled at once. */
  #current = 'nothing'
  #depth = 0
  /** Requests that callers have sent again since the last operation. */
  #asked = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    const config = resolved(scenario.config)
    this.engine = new FakeEngine(config, { ...scenario, offersH2: (origin) => scenario.h2.includes(origin) })
    this.model = new Model(this.engine, config)
    this.members.push(this.engine.join(), this.engine.join())
    this.engine.onSettled = (request) => this.#onSettled(request)
    if (scenario.asksAgain) this.engine.onFailed = (request) => this.#askAgain(request)
  }

  play(): void {
    for (const operation of this.#scenario.operations) {
      this.#perform(operation)
      // A busy loop has rung no alarm yet: the next operation comes first.
      this.engine.clock.runSoon()
      if (operation.do === 'busy') continue
      this.engine.advance(0)
      this.engine.clock.runSoon()
      this.model.check()
    }
    this.#end()
  }

  #ask(memberIndex: number, origin: string, lane: string, then: string): void {
    const member = pick(this.members, memberIndex)
    if (member === undefined) return
    const outer = this.#current
    this.#current = then
    if (member.state === 'open') this.model.ready.used.set(origin, this.engine.clock.now())
    const request = this.engine.request(member, origin, lane)
    this.#current = outer
    if (request.outcome === 'waiting') this.#then.set(request, then)
    if (this.#depth === 0) this.model.checkWait(request)
  }

  #onSettled(request: FakeRequest): void {
    if (request.outcome === 'rejected') this.model.checkRejected(request)
    const then = this.#then.get(request) ?? this.#current
    this.#then.delete(request)
    if (this.#depth > 0) return
    this.#depth++
    const { connection } = request
    if (then === 'ask again') this.#askLike(request)
    else if (then === 'fail at once' && connection?.phase === 'connecting') this.engine.closed(connection)
    else if (then === 'leave at once' && connection?.requests.has(request))
      this.engine.release(connection, false, undefined, request)
    else if (then === 'end at once' && connection?.phase === 'busy' && connection.requests.has(request))
      this.engine.release(connection, true, undefined, request)
    else if (then === 'abandon another') {
      // One whose call has not returned yet is nobody's to abandon.
      const other = [...this.engine.waiting].find(({ queued, verifying }) => queued || verifying)
      if (other !== undefined) this.engine.abandon(other)
    }
    this.#depth--
  }

  #askAgain(request: FakeRequest): void {
    // Where every connect fails they would ask for as long as time passes: hundreds of times, each like the one before.
    if (this.#depth > 0 || this.#asked >= patience) return
    this.#asked++
    this.#depth++
    this.#askLike(request)
    this.#depth--
  }

  #askLike({ member, origin, laneKey }: FakeRequest): void {
    this.#ask(this.members.indexOf(member), origin, laneKey.split(' ')[1] as string, 'nothing')
  }

  #perform(operation: Operation): void {
    const { engine } = this
    this.#asked = 0
    switch (operation.do) {
      case 'request': {
        const { member, origin, lane, times, then } = operation
        for (let time = 0; time < times; time++) this.#ask(member, origins[origin] as string, lane, then)
        return
      }
      case 'connect': {
        const connection = pick(engine.phase('connecting'), operation.index)
        if (connection === undefined) return
        engine.connect(connection, operation.h2 && connection.lane.mayMultiplex)
        if (operation.settings !== undefined && isSession(connection)) engine.settings(connection, operation.settings)
        return
      }
      case 'settings': {
        const connection = pick([...engine.live].filter(isSession), operation.index)
        if (connection !== undefined) engine.settings(connection, operation.allows)
        return
      }
      case 'go away': {
        const connection = pick([...engine.live].filter(isSession), operation.index)
        if (connection !== undefined) engine.goAway(connection, operation.unseen)
        return
      }
      case 'release': {
        const connection = pick(engine.phase('busy'), operation.index)
        const request = connection && pick([...connection.requests], operation.nth)
        if (request !== undefined) this.#release(connection as FakeConnection, operation.reusable, operation.hint, request)
        return
      }
      case 'has closed': {
        const connection = pick(engine.phase('closing'), operation.index)
        if (connection !== undefined) engine.closed(connection)
        return
      }
      case 'all have closed':
        return engine.finishClosing()
      case 'advance':
        return engine.advance(operation.ms)
      case 'busy':
        engine.finishGivenUp()
        return engine.clock.skip(operation.ms)
      case 'turn':
        return engine.turn()
      case 'reconfigure': {
        const config = resolved(operation.fields)
        this.model.ready.reconfigured(() => {
          this.model.config = config
        })
        return engine.reconfigure(config)
      }
      case 'preconnect': {
        const member = pick(this.members, operation.member)
        if (member?.state !== 'open') return
        this.model.ready.preconnected = true
        this.model.ready.preconnecting = operation.count
        void engine.pool.preconnect(member, new URL(origins[operation.origin] as string), operation.count)
        this.model.ready.preconnecting = 0
        return
      }
      case 'join':
        if (this.members.length < 3 && engine.pool.members.size > 0) this.members.push(engine.join())
        return
      case 'close member':
      case 'destroy member': {
        const member = this.members[operation.index]
        if (member === undefined) return
        this.model.ended.add(member)
        void (operation.do === 'close member' ? member.close() : member.destroy())
        return
      }
      default:
        return this.#performOne(operation.do, operation.index)
    }
  }

  #performOne(what: 'fail to connect' | 'abandon' | 'cut' | 'server closes' | 'FIN' | 'retry', position: number): void {
    const { engine } = this
    if (what === 'fail to connect') {
      const connection = pick(engine.phase('connecting'), position)
      if (connection !== undefined) engine.closed(connection)
    } else if (what === 'abandon') {
      const request = pick([...engine.waiting], position)
      if (request !== undefined) engine.abandon(request)
    } else if (what === 'cut') {
      const busy = engine.phase('busy').filter(({ requests }) => requests.size > 0)
      const connection = pick([...engine.phase('connecting'), ...busy], position)
      if (connection !== undefined) engine.pool.close(connection, null)
    } else if (what === 'server closes') {
      const connection = pick([...engine.phase('idle'), ...engine.phase('busy')], position)
      if (connection !== undefined) engine.closed(connection)
    } else if (what === 'FIN') {
      const connection = pick([...engine.phase('idle'), ...engine.phase('busy')], position)
      if (connection !== undefined) connection.finArrived = true
    } else this.#retry(position)
  }

  /** A reused connection fails its request, which is sent once more before or after the pool hears of the close. */
  #retry(position: number): void {
    const { engine } = this
    const isStale = ({ reused, retried }: FakeRequest) => reused && !retried
    const connection = pick(
      engine.phase('busy').filter(({ requests }) => [...requests].some(isStale)),
      position,
    )
    if (connection === undefined) return
    const requests = [...connection.requests].filter(isStale)
    if (position % 2 === 0) engine.pool.close(connection, null)
    else engine.closed(connection)
    for (const request of requests) engine.retry(request)
  }

  #release(
    connection: FakeConnection,
    reusable: boolean,
    hint?: { timeout?: number; max?: number },
    request = connection.request as FakeRequest,
  ): void {
    if (connection.h2) return this.engine.release(connection, reusable && connection.usable(), undefined, request)
    if (hint?.timeout !== undefined) {
      connection.hintedIdleMs = hint.timeout * 1000 - this.model.limits(connection.origin).keepAliveHintMargin
    }
    if (hint?.max !== undefined) connection.hintedServed = Math.min(connection.hintedServed, connection.served + hint.max)
    this.engine.release(connection, reusable && !connection.finSeen && !connection.stray, hint)
  }

  /** After so many milliseconds an idle connection is worth less than any request that waits. */
  get #patience(): number {
    return 1 + Math.max(0, ...[...this.engine.live].map(({ lane }) => 2 * lane.costs.connect))
  }

  /** Lets time pass while sockets connect, before their deadlines. */
  #pass(ms: number): void {
    const { engine, model } = this
    const step = Math.min(...origins.map((origin) => model.limits(origin).connectTimeout / 2), 5000)
    for (let left = ms; left > 0; left -= step) {
      engine.advance(Math.min(left, step))
      this.#connectAll()
    }
  }

  /** Servers that speak HTTP/2 allow some requests. */
  #connectAll(): void {
    const { engine } = this
    for (const connection of engine.phase('connecting'))
      if (connection.phase === 'connecting') engine.connect(connection, connection.lane.mayMultiplex)
    for (const connection of engine.live) if (isSession(connection) && !(connection.allows > 0)) engine.settings(connection, 2)
  }

  #releaseAll(): void {
    for (const connection of this.engine.phase('busy'))
      for (const request of [...connection.requests])
        if (connection.requests.has(request)) this.#release(connection, true, undefined, request)
  }

  /** Everything ends well: sockets connect, responses end, what closes has closed. Whoever waits must be served within few rounds: one place serves one request a round, a stale connection costs one. */
  #end(): void {
    const { engine, model } = this
    for (let rounds = 3 * engine.waiting.size + 5; engine.waiting.size > 0; rounds--) {
      if (rounds === 0) throw new Error('requests still wait after every socket has been free again and again')
      engine.turn()
      this.#connectAll()
      this.#releaseAll()
      engine.finishClosing()
      this.#pass(this.#patience)
      engine.clock.runSoon()
      model.check()
    }
    this.#connectAll()
    this.#releaseAll()
    engine.turn()
    engine.advance(0)
    engine.clock.runSoon()
    model.check()
    for (const member of this.members) {
      model.ended.add(member)
      void member.close()
    }
    engine.finishClosing()
    model.checkEmpty()
    for (const member of this.members) {
      if (member.lanes.size > 0) throw new Error('a closed member knows lanes')
      if (engine.pool.members.has(member)) throw new Error('a member that has drained was not dismissed')
    }
  }
}
