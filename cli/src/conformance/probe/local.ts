import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { probeNow } from './clock.ts'
import { endNow, resetNow, ServedConnections } from './connections.ts'
import { Gates } from './gates.ts'
import { OriginServer } from './origin.ts'
import { ProxyListener } from './proxy.ts'
import type { OriginOptions, Probe, ProbeOrigin, ProbeProxy, ProbeProxyOptions, ProbeReport, SessionCommand } from './types.ts'

/** A probe in this process. */
export class LocalProbe implements Probe {
  readonly #connections = new ServedConnections()
  readonly #gates = new Gates()
  readonly #origins: OriginServer[] = []
  readonly #proxies: ProxyListener[] = []
  readonly #timers = new Set<NodeJS.Timeout>()

  async listen(options: OriginOptions = {}): Promise<ProbeOrigin> {
    const origin = new OriginServer(this.#origins.length, options, this.#connections, this.#gates)
    this.#origins.push(origin)
    return origin.listen()
  }

  async proxy(options: ProbeProxyOptions = {}): Promise<ProbeProxy> {
    const proxy = new ProxyListener(options)
    const id = this.#proxies.push(proxy) - 1
    return { id, port: await proxy.listen() }
  }

  async setBehaviour(id: number, query: string): Promise<void> {
    this.#origin(id).behaviour = query
  }

  async report(): Promise<ProbeReport> {
    const { opened, open, peak } = this.#connections.total
    // A snapshot: what happens next must not change what a scenario holds.
    const connections = structuredClone(this.#connections.all.map(({ record }) => record))
    const proxies = this.#proxies.map(({ count }) => ({ ...count }))
    return { opened, open, peak, connections, origins: this.#connections.counts(), proxies }
  }

  async release(key: string): Promise<number> {
    return this.#gates.release(key)
  }

  async releaseLater(key: string, afterMs: number, sign: string): Promise<void> {
    this.#later(afterMs, async () => {
      this.#gates.release(key)
      // By then the answers have gone to the kernel.
      await sleep(10)
      writeFileSync(sign, '')
    })
  }

  async closeIdle(origin: number): Promise<number> {
    return this.#endIdle(origin, 'fin').length
  }

  async resetIdle(origin: number): Promise<number> {
    return this.#endIdle(origin, 'rst').length
  }

  async endIdleLater(origin: number, how: 'fin' | 'rst', afterMs: number, sign: string): Promise<void> {
    this.#later(afterMs, async () => {
      await Promise.all(this.#endIdle(origin, how))
      writeFileSync(sign, '')
    })
  }

  async sessions(origin: number, command: SessionCommand): Promise<number> {
    return this.#origin(origin).sessions(command)
  }

  async sessionsLater(origin: number, command: SessionCommand, afterMs: number, sign: string): Promise<void> {
    this.#later(afterMs, async () => {
      await this.sessions(origin, command)
      // By then it has gone to the kernel.
      await sleep(10)
      writeFileSync(sign, '')
    })
  }

  async freeze(sign: string, then?: { readonly origin: number; readonly command: SessionCommand }): Promise<void> {
    writeFileSync(`${sign}.on`, '')
    while (!existsSync(sign)) stand(5)
    if (then) await this.sessions(then.origin, then.command)
  }

  async block(ms: number): Promise<void> {
    stand(ms)
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    await Promise.all([...this.#proxies, ...this.#origins].map((listener) => listener.stop()))
  }

  #origin(id: number): OriginServer {
    const origin = this.#origins[id]
    if (!origin) throw new Error(`probe: no origin ${id}`)
    return origin
  }

  #later(afterMs: number, action: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void action()
    }, afterMs)
    this.#timers.add(timer)
  }

  /** For each, when FIN or RST has gone to the kernel. */
  #endIdle(origin: number, how: 'fin' | 'rst'): Promise<void>[] {
    return this.#connections.idleOf(origin).map((accepted) => {
      accepted.record.endedAt = probeNow()
      return how === 'fin' ? endNow(accepted) : resetNow(accepted)
    })
  }
}

function stand(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
