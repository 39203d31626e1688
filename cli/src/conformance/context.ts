import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CreatePoolOptions, PoolConfig, PoolConfigField, Support } from 'polypool'
import type { AnyPool, ConformanceClient } from './client.ts'
import { ClientUse, type ScenarioRequest } from './client-use.ts'
import { assignDial, dialOption, optionsFor } from './clients/shared.ts'
import type { Answer, CommonOptions, OwnDial } from './clients/types.ts'
import { check } from './expect.ts'
import type { LagMeter, Period } from './lag.ts'
import { probeCertificate } from './probe/certificates.ts'
import { probeNow } from './probe/clock.ts'
import type { OriginOptions, Probe, ProbeOrigin, ProbeProxyOptions, ProbeReport, Scheme, SessionCommand } from './probe/types.ts'
import { ScenarioProxies, type Through } from './scenario-proxies.ts'
import type { SocketCounter } from './sockets.ts'

export interface PoolOptions extends CreatePoolOptions, CommonOptions {
  /** False: do not trust the probe's certificate. */
  readonly trust?: boolean
  /** Connects in place of the client. */
  readonly dial?: OwnDial
}

/** An origin of the probe, as a scenario names it. */
export interface ScenarioOrigin extends ProbeOrigin {
  /** As keys of `stats().hosts`. */
  readonly key: string
  /** @param query behaviour, e.g. `delay=50&status=204` */
  url(query?: string, hostname?: string): string
}

/** For the turns of the loop that lie between an event and the sight of it, in ms. */
const slack = 25

/** What a scenario works with: a probe, strict counting, the client, and pools that are destroyed at the end. */
export class ScenarioContext extends ClientUse {
  readonly scheme: Scheme
  readonly config: PoolConfig
  readonly probe: Probe
  readonly sockets: SocketCounter
  readonly pools: AnyPool[] = []
  /** Sockets that the client opened past its pool, where that is known and shown in the scenario. */
  foreignSockets = 0
  readonly #peer: ClientUse | null
  readonly #lag: LagMeter
  readonly #ports: Set<number>
  readonly #proxies: ScenarioProxies

  constructor(parts: {
    client: ConformanceClient
    peer: ConformanceClient | null
    scheme: Scheme
    scenario: Through & { readonly config?: PoolConfig }
    probe: Probe
    sockets: SocketCounter
    ports: Set<number>
    lag: LagMeter
  }) {
    super(parts.client)
    this.#peer = parts.peer ? new ClientUse(parts.peer) : null
    this.scheme = parts.scheme
    this.config = parts.scenario.config ?? {}
    this.probe = parts.probe
    this.sockets = parts.sockets
    this.#ports = parts.ports
    this.#lag = parts.lag
    this.#proxies = new ScenarioProxies(parts.scenario)
  }

  /** The second client, in scenarios that have one. */
  get peer(): ClientUse {
    check(this.#peer !== null, 'the scenario names no peers')
    return this.#peer
  }

  /** A pool of the client under test; without a config, the scenario's. */
  pool(config: PoolConfig | AnyPool = this.config, options: PoolOptions = {}): AnyPool {
    return this.#createPool(this.client, config, options)
  }

  /** A pool of the second client under the budget of the first. */
  peerPool(pool: AnyPool, options: PoolOptions = {}): AnyPool {
    return this.#createPool(this.peer.client, pool, options)
  }

  async origin(options: OriginOptions = {}): Promise<ScenarioOrigin> {
    const origin = await this.probe.listen({ scheme: this.scheme, ...options })
    const { scheme, port } = origin
    await this.#count(port)
    return {
      ...origin,
      key: `${scheme}://127.0.0.1:${port}`,
      url: (query = '', hostname = '127.0.0.1') => `${scheme}://${hostname}:${port}/?${query}`,
    }
  }

  /** A proxy; sockets to it are counted. Gives its URL, and its port. */
  async proxy(options: ProbeProxyOptions = {}): Promise<{ readonly id: number; readonly url: string; readonly port: number }> {
    const proxy = await this.probe.proxy(options)
    this.#ports.add(proxy.port)
    return { ...proxy, url: `${options.kind ?? 'http'}://127.0.0.1:${proxy.port}` }
  }

  /** Has sockets to the origin on that port counted, at the port of its proxy if they are opened to that. */
  async #count(port: number): Promise<void> {
    const to = await this.#proxies.portTo(port, async (kind) => (await this.proxy({ kind })).url)
    if (to === port) this.#ports.add(port)
    else this.sockets.standIn(port, to)
  }

  /** Sends the same request several times at once. */
  sendMany(pool: AnyPool, count: number, url: string, options: ScenarioRequest = {}): Promise<Answer[]> {
    return Promise.all(Array.from({ length: count }, () => this.send(pool, url, options)))
  }

  /** Opens this many connections at once and lets them idle. */
  async warm(pool: AnyPool, origin: ScenarioOrigin, count = 1): Promise<void> {
    const key = `warm ${origin.id} ${Math.random()}`
    const answers = this.sendMany(pool, count, origin.url(`hold=${encodeURIComponent(key)}`))
    await this.arrived(origin, count)
    await this.probe.release(key)
    await answers
  }

  /** Waits until this many requests to the origin are unanswered at the probe, which has not disowned them. */
  arrived(origin: ScenarioOrigin, count: number): Promise<void> {
    return this.eventually(
      async () => {
        const { connections } = await this.probe.report()
        return connections.flatMap(({ requests, origin: id, closedAt }) =>
          id === origin.id && closedAt === null
            ? requests.filter((one) => one.answeredAt === null && one.endedAt === null && !one.disowned)
            : [],
        ).length
      },
      count,
      `requests under way at ${origin.key}`,
    )
  }

  /** The connections the probe accepted, of one origin or of all. */
  async connections(origin?: ScenarioOrigin): Promise<ProbeReport['connections']> {
    const { connections } = await this.probe.report()
    return origin ? connections.filter((one) => one.origin === origin.id) : connections
  }

  /** How many requests each connection served, in the order the connections were opened. */
  async requestsPerConnection(origin?: ScenarioOrigin): Promise<number[]> {
    return (await this.connections(origin)).map(({ requests }) => requests.length)
  }

  /** URLs in the order in which the probe saw them. */
  async seen(origin?: ScenarioOrigin): Promise<string[]> {
    const requests = (await this.connections(origin)).flatMap((one) => one.requests)
    return requests.sort((a, b) => a.at - b.at).map(({ url }) => url)
  }

  /** Waits until the value is there; for what other parties (kernel, server) still have to do. Time in which the event loop was late does not count. */
  async eventually<T>(value: () => T | Promise<T>, expected: T, what: string, withinMs = 1000): Promise<void> {
    const from = probeNow()
    for (;;) {
      const last = await value()
      if (Object.is(last, expected)) return
      const waited = this.loopTime({ from, to: probeNow() })
      check(waited <= withinMs + slack, `${what}: expected ${expected} within ${withinMs} ms, is ${last}`)
      await sleep(5)
    }
  }

  sleep(ms: number): Promise<void> {
    return sleep(ms)
  }

  /** Blocks this process's event loop. */
  block(ms: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  }

  /**
   * Has the probe's own process stand still meanwhile: what reaches it lies unread. When it goes on, it does first of all what is given.
   */
  async whileFrozen(
    body: () => Promise<void>,
    then?: { readonly origin: number; readonly command: SessionCommand },
  ): Promise<void> {
    const sign = this.sign()
    const frozen = this.probe.freeze(sign, then)
    await this.eventually(() => existsSync(`${sign}.on`), true, 'the other process stands still', 60_000)
    try {
      await body()
    } finally {
      writeFileSync(sign, '')
      await frozen
      for (const file of [sign, `${sign}.on`]) rmSync(file)
    }
  }

  /** A name for a file by which the probe's own process says that it has done something. */
  sign(): string {
    return join(tmpdir(), `polypool-sign-${process.pid}-${Math.random()}`)
  }

  /** Blocks this process's event loop until the probe has written the sign, and a moment longer; at least so many milliseconds. */
  blockUntil(sign: string, ms = 0): void {
    const start = probeNow()
    while (!existsSync(sign)) {
      check(probeNow() < start + 60_000, 'the other process has written its sign')
      this.block(5)
    }
    rmSync(sign)
    this.block(Math.max(20, start + ms - probeNow()))
  }

  /** The longest this event loop was seen late in this scenario, in ms. */
  get lag(): number {
    return this.#lag.longest
  }

  /** How long a span was but for the time in which this event loop was late: what the pool had of it, however busy the machine is. */
  loopTime({ from, to }: Period): number {
    return to - from - this.#lag.within({ from, to })
  }

  /**
   * Checks a duration. Timers count whole milliseconds, so one may look a little early. Of what is too long, the time in which this
   * event loop was late is the machine's, and so is what the pool gives back of it: by rule 5 a deadline that met a busy event loop is
   * put off once, by as long as that was late and at most by its own length.
   *
   * @param time a span, or the milliseconds of one that has ended just now
   */
  took(time: number | Period, from: number, to: number, what: string): void {
    const end = probeNow()
    const span = typeof time === 'number' ? { from: end - time, to: end } : time
    const ms = span.to - span.from
    check(ms >= from - 3, `${what}: expected at least ${from} ms, got ${ms.toFixed(1)}`)
    const own = this.loopTime(span) - Math.min(this.#lag.longestWithin(span), from)
    check(own <= to + slack, `${what}: expected at most ${to} ms, got ${own.toFixed(1)} in an event loop that was not late`)
  }

  support(field: PoolConfigField): Support {
    return this.client.adapter.support.fields[field].pool
  }

  #createPool(client: ConformanceClient, config: PoolConfig | AnyPool, options: PoolOptions): AnyPool {
    const { trust = true, strict, name, lookup, dial } = options
    const { family } = client.driver
    const native = optionsFor(family, {
      ...(trust ? { ca: probeCertificate } : {}),
      ...(lookup ? { lookup } : {}),
    })
    const own = dial === undefined ? {} : dialOption(family, dial)
    const proxied = this.#proxies.kind === 'https' ? { proxyTls: { ca: probeCertificate } } : {}
    const given = 'options' in config ? config : this.#proxies.routed(config)
    const pool = client.adapter.createPool(given, { ...native, ...own, ...proxied }, { strict, name })
    if (dial !== undefined && family === 'node') assignDial(pool.options, dial)
    this.pools.push(pool)
    return pool
  }
}
