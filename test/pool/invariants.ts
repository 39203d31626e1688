import type { PoolStats } from '../../src/adapter.ts'
import type { Area, Census } from './census.ts'
import type { EconomyModel } from './economy-model.ts'
import type { FakeEngine } from './fake-engine.ts'
import type { FakeConnection, FakeLane } from './fake-entities.ts'
import { must } from './must.ts'

const unlimited = Number.POSITIVE_INFINITY

/** What holds of a pool at any time. */
export class Invariants {
  readonly #engine: FakeEngine
  readonly #census: Census
  readonly #economy: EconomyModel

  constructor(engine: FakeEngine, census: Census, economy: EconomyModel) {
    this.#engine = engine
    this.#census = census
    this.#economy = economy
  }

  /** What holds whenever the core has returned. */
  check(): void {
    const stats = this.#engine.pool.stats()
    this.#checkCounters(stats)
    this.#checkStreams(stats)
    this.#checkProgress()
    this.#checkIdle()
    this.#checkTimes()
    this.#checkStats(stats)
    this.#census.ready.check()
  }

  #checkCounters(stats: PoolStats): void {
    const { pool, ledger } = this.#engine
    const sockets = this.#census.sockets()
    const closing = sockets.filter((socket) => socket.phase === 'closing').length
    const queued = this.#census.queued()
    const found = [
      pool.connections.open,
      pool.connections.closing,
      pool.connections.overflow,
      pool.connections.idle.size,
      pool.queue.pending,
    ]
    const counted = [ledger.normal, closing, ledger.overflow, this.#census.idle().length, queued.length]
    must(found.join() === counted.join(), 'open, closing, overflow, idle, pending are counted wrong', { found, counted })
    const origins = new Set([...this.#engine.live, ...this.#engine.waiting].map(({ origin }) => origin))
    for (const key of origins) {
      const waiting = this.#census.queued(key).length
      const open = ledger.of(key)
      const origin = pool.registry.origins.get(key)
      // An origin of which only requests are left that are being looked after in this turn may be forgotten.
      if (origin === undefined) must(waiting === 0 && open === 0, 'an origin in use was forgotten', { key, waiting, open })
      else must(origin.open === open && origin.waiting === waiting, 'an origin is counted wrong', { key, open, waiting })
    }
    for (const key of pool.registry.origins.keys()) must(origins.has(key), 'an origin that nothing uses is kept', { key })
    this.#checkProxies(new Set([...origins].filter((key) => pool.registry.origins.has(key))), stats)
  }

  /** Each proxy's connections, and what is wanted of it as far as hosts' own limits allow. */
  #checkProxies(origins: ReadonlySet<string>, { proxies }: PoolStats): void {
    const { pool, live } = this.#engine
    const used = new Set([...live].map(({ via }) => via))
    for (const origin of origins) used.add(this.#census.via(origin))
    used.delete(null)
    const stats = proxies ?? {}
    must([...used].sort().join() === Object.keys(stats).sort().join(), 'other proxies are known than are used', { used, stats })
    must(used.size > 0 || proxies === undefined, 'stats tell of proxies where there are none')
    for (const proxy of used as Set<string>) {
      const sockets = [...live].filter(({ via }) => via === proxy)
      const count = (which: (socket: FakeConnection) => boolean) => sockets.filter(which).length
      const known = pool.registry.proxies.get(proxy)
      const found = [known?.open, known?.closing, known?.draining, known?.overflow, known?.idle.size, stats[proxy]?.open]
      const counted = [
        count(({ overflow }) => !overflow),
        count(({ overflow, phase }) => !overflow && phase === 'closing'),
        count(({ overflow, phase, draining }) => !overflow && draining && phase !== 'closing'),
        count(({ overflow }) => overflow),
        count(({ phase, promised }) => phase === 'idle' && promised.size === 0),
        sockets.length,
      ]
      must(found.join() === counted.join(), 'open, closing, draining, overflow, idle of a proxy are counted wrong', {
        proxy,
        found,
        counted,
      })
    }
  }

  /** What HTTP/2 connections carry, whether or not they take more, and what is wanted besides what is on its way. */
  #checkStreams(stats: PoolStats): void {
    const { pool, live } = this.#engine
    const { streams } = this.#census
    const open = [...live].filter(({ h2, phase }) => h2 && (phase === 'busy' || phase === 'idle'))
    const carried = open.map((socket) => streams.carried(socket))
    const capacity = open.map((socket, index) => (socket.draining ? (carried[index] as number) : streams.slots(socket)))
    const draining = [...live].filter((socket) => socket.draining && socket.phase !== 'closing').length
    const wanted = streams.needed(this.#census.queued())
    const sum = (counts: Iterable<number>) => [...counts].reduce((a, b) => a + b, 0)
    const found = [stats.streams.active, stats.streams.capacity, stats.draining, pool.queue.wanted]
    const counted = [sum(carried), sum(capacity), draining, sum(wanted.values())]
    must(found.join() === counted.join(), 'streams, their capacity, draining, wanted are counted wrong', { found, counted })
    for (const { goneAway, draining, overflow } of open)
      must(!goneAway || draining || overflow, 'a connection does not drain whose server takes no more')
    for (const socket of open.filter(({ allows }) => !Number.isNaN(allows))) {
      const isSurplus = this.#census.areasOf(socket).some((area) => this.#census.isSurplus(area))
      must(!isSurplus || !streams.takes(socket), 'a connection takes requests that a lowered limit no longer allows')
    }
  }

  /** No stall: whoever could be served is, or something is in flight that will serve him. */
  #checkProgress(): void {
    const census = this.#census
    const { maxOverflow } = census.config
    const engine = this.#engine
    const { ledger } = engine
    const closing = this.#closing(census.total)
    const queued = census.queued()
    const needed = census.streams.needed(queued)
    const room = (area: Area) => Math.max(0, census.roomWithin(area))
    const isFull = room(census.total) === 0
    for (const [origin, waiting] of needed) {
      const via = census.through(census.via(origin))
      must(
        waiting === 0 || room(census.host(origin)) === 0 || room(via) === 0 || isFull,
        'a request waits though there is room',
        {
          origin,
        },
      )
      this.#checkBlocked(census.host(origin), waiting)
    }
    // What hosts' own limits let them have now, not once what closes has closed.
    for (const proxy of new Set([...needed.keys()].map((origin) => census.via(origin)))) {
      if (proxy === null) continue
      const behind = [...needed].filter(([origin]) => census.via(origin) === proxy)
      const waiting = behind.reduce((sum, [origin, count]) => sum + Math.min(count, room(census.host(origin))), 0)
      this.#checkBlocked(census.through(proxy), waiting)
    }
    const wanted = census.flow(needed, (area) => (area.kind === 'total' ? unlimited : room(area)))
    const first = census.firstIdle(census.total)
    if (wanted > closing && first !== undefined) this.#checkKept(first)
    must(wanted <= closing || census.ready.spares().length === 0, 'a request waits though one is opened for nobody')
    const all = [...needed.values()].reduce((a, b) => a + b, 0)
    const promised = census.flow(needed, (area) => Math.max(0, census.roomWithin(area) + this.#closing(area)))
    const overflow = all > promised && [...needed].some(([origin, count]) => count > 0 && this.#census.mayOverflow(origin))
    must(!overflow, 'a request waits though overflow is allowed', { overflow: ledger.overflow, maxOverflow })
    for (const request of queued) {
      const lane = request.waiter?.lane as FakeLane
      const free = this.#census.streams.of(lane).filter((socket) => this.#census.streams.hasSlot(socket))
      must(request.retried || free.length === 0, 'a request waits though its lane has a connection with a free slot')
    }
  }

  /** Where a limit of their own keeps requests waiting, more than places are on their way for, nothing is kept there that others could do without. */
  #checkBlocked(area: Area, waiting: number): void {
    const closing = this.#closing(area)
    if (this.#census.roomWithin(area) > 0 || waiting <= closing) return
    const idle = this.#census.firstIdle(area)
    if (idle !== undefined) this.#checkKept(idle)
    const spares = this.#census.ready.spares().filter((socket) => area.has(socket))
    must(spares.length === 0, 'a request waits though one is opened there for nobody')
  }

  #closing(area: Area): number {
    return this.#census.sockets().filter((socket) => socket.phase === 'closing' && area.has(socket)).length
  }

  /** An idle connection keeps others waiting only as long as the rule lets it: the pool looks again after a connect at the latest. */
  #checkKept(connection: FakeConnection): void {
    must(this.#census.isPatient, 'an idle connection keeps a request waiting that may not wait, or need not')
    const late = 1 + Math.max(...[...this.#engine.live].map(({ lane }) => lane.costs.connect))
    if (this.#census.now < this.#engine.changedAt + late) return
    const verdicts = this.#economy.verdicts(connection, this.#census.now - late)
    must(verdicts.has(false), 'an idle connection keeps others waiting that it is worth more to', { now: this.#census.now })
  }

  #checkIdle(): void {
    const { maxIdleConnections, maxHosts } = this.#census.config
    const idle = this.#census.idle()
    must(idle.length <= maxIdleConnections, 'more idle than maxIdleConnections', { idle: idle.length })
    const origins = new Set(idle.map(({ origin }) => origin))
    must(origins.size <= maxHosts, 'more hosts with idle connections than maxHosts', { hosts: origins.size })
    for (const origin of origins) {
      const { maxIdleConnectionsPerHost, keepAlive } = this.#census.limits(origin)
      const idleThere = this.#census.idle(origin).length
      must(idleThere <= maxIdleConnectionsPerHost, 'more idle than maxIdleConnectionsPerHost', { origin, idleThere })
      must(keepAlive, 'an idle connection is kept without keepAlive')
    }
    for (const socket of idle) {
      const isSurplus = this.#census.areasOf(socket).some((area) => this.#census.isSurplus(area))
      must(!isSurplus, 'an idle connection is kept above a limit', { origin: socket.origin, via: socket.via })
      must(!socket.stray, 'an idle connection is kept by a way that its origin has no more')
    }
    for (const socket of idle) must(!this.#census.ended.has(socket.lane.member), 'an idle connection of a closed member is kept')
  }

  #checkTimes(): void {
    const { clock } = this.#engine
    for (const socket of this.#census.idle())
      must(this.#census.due(socket, 1) > this.#census.now, 'an idle connection outlives its time', { now: this.#census.now })
    for (const request of this.#census.queued()) {
      const until = Math.max(request.since + this.#census.limits(request.origin).acquireTimeout, clock.excusedUntil)
      must(this.#census.now < until, 'a request waits beyond acquireTimeout', {
        order: request.order,
      })
    }
    const connecting = [...this.#engine.live].some((socket) => socket.phase === 'connecting' && socket.served > 0)
    must(
      !clock.held || connecting || this.#census.ready.isAwaited || this.#census.queued().length > 0,
      'a timer keeps the process alive while nobody waits',
    )
    const finite = this.#census.queued().some((request) => this.#census.limits(request.origin).acquireTimeout !== unlimited)
    must(clock.held || !finite, 'no timer keeps the process alive for a request that waits')
  }

  #checkStats({ requests, hosts }: PoolStats): void {
    const { pool, tally, live } = this.#engine
    const found = [
      pool.connections.created,
      pool.connections.reused,
      pool.connections.overflowed,
      pool.settlement.rejected,
      pool.settlement.acquireTimeouts,
      pool.settlement.aborted,
    ]
    const counted = [tally.created, tally.reused, tally.overflowed, tally.rejected, tally.timedOut, tally.abandoned]
    must(found.join() === counted.join(), 'created, reused, overflowed, rejected, acquireTimeouts, aborted are counted wrong', {
      found,
      counted,
    })
    const origins = Object.values(hosts).reduce((sum, origin) => sum + origin.requests, 0)
    const carried = [...live].reduce((sum, socket) => sum + this.#carried(socket), 0)
    must(requests === carried && origins === carried, 'requests that have a connection are counted wrong', { requests, carried })
  }

  #carried(socket: FakeConnection): number {
    const { h2, phase, isAhead } = socket
    if (phase === 'closing' || isAhead) return 0
    return phase === 'connecting' || (phase === 'busy' && !h2) ? 1 : this.#census.streams.carried(socket)
  }

  /** Nothing is left once everything has ended. */
  checkEmpty(): void {
    const { pool, clock, ledger, live } = this.#engine
    must(live.size === 0 && ledger.normal === 0 && ledger.overflow === 0, 'sockets are left')
    const left = [
      pool.connections.open,
      pool.connections.closing,
      pool.connections.overflow,
      pool.connections.idle.size,
      pool.queue.pending,
      pool.queue.demand,
      pool.queue.wanted,
      pool.connections.draining,
      pool.stats().streams.active,
      pool.stats().streams.capacity,
      pool.registry.origins.size,
      pool.registry.proxies.size,
    ]
    must(
      left.every((count) => count === 0),
      'open, closing, overflow, idle, pending, demand, origins, proxies are left',
      left,
    )
    must(!clock.held, 'a timer keeps the process alive')
    for (const request of this.#engine.requests) {
      const settled = request.outcome !== 'waiting' && request.outcome !== 'granted'
      must(settled, 'a request was lost', { order: request.order, outcome: request.outcome })
    }
  }
}
