import { loadClient } from '../../../cli/src/conformance/catalog.ts'
import type { ConformanceClient } from '../../../cli/src/conformance/client.ts'
import { LagMeter } from '../../../cli/src/conformance/lag.ts'
import { RemoteProbe } from '../../../cli/src/conformance/probe/remote.ts'
import type { ProbeOrigin } from '../../../cli/src/conformance/probe/types.ts'
import { watchTcpKeepAlive } from '../../../cli/src/conformance/tcp-keep-alive.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import type { Facts } from './facts.ts'
import { latenessOf, observe } from './observe.ts'
import { inRealTime, slowedConfig, slowedScenario } from './pace.ts'
import type { ReferenceScenario } from './reference.ts'
import { WireCounter } from './wire.ts'
import { Workload } from './workload.ts'

export interface Replay {
  readonly facts: Facts
  /** Milliseconds by which times that were measured meanwhile may be late: the scheduling of two processes, and twice what either of them was seen late. */
  readonly leeway: number
}

/** Replays workloads through one client, on real connections to a server in a process of its own. */
export class Replayer {
  readonly #client: ConformanceClient
  readonly #probe = new RemoteProbe()

  private constructor(client: ConformanceClient) {
    this.#client = client
  }

  static async open(driver: string): Promise<Replayer> {
    return new Replayer(await loadClient({ driver }))
  }

  close(): Promise<void> {
    return this.#probe.stop()
  }

  /**
   * On a machine whose event loops come late, what is to happen one after another happens together. So it is replayed more slowly then,
   * until that is little against the pace.
   */
  async replay(scenario: ReferenceScenario, config: PoolConfig): Promise<Replay> {
    for (let pace = 1; ; pace *= 4) {
      const { facts, late } = await this.#replayAt(slowedScenario(scenario, pace), slowedConfig(config, pace))
      if (late <= 30 * pace || pace === 16) return { facts: inRealTime(facts, pace), leeway: 50 + (2 * late) / pace }
    }
  }

  /** @returns what was seen, and the milliseconds by which either process was late at one time, at most */
  async #replayAt(scenario: ReferenceScenario, config: PoolConfig): Promise<{ facts: Facts; late: number }> {
    const origins: ProbeOrigin[] = []
    for (let host = 0; host < scenario.workload.hosts; host++) origins.push(await this.#probe.listen())
    const ports = origins.map(({ port }) => port)
    using lag = new LagMeter()
    using sockets = new WireCounter(ports)
    const pool = this.#client.adapter.createPool(config)
    try {
      const client = this.#client.driver.open(this.#client.module)
      const open = () => sockets.openByHost()
      const workload = new Workload({ client, pool, probe: this.#probe, origins, open }, scenario)
      await workload.run()
      const { connections } = await this.#probe.report()
      const byHost = origins.map(({ id }) => connections.filter(({ origin }) => origin === id))
      const facts = observe(workload, sockets, byHost)
      return { facts, late: Math.max(lag.longest, latenessOf(byHost.flat())) }
    } finally {
      await pool.destroy()
    }
  }

  /** The same, and what TCP keep-alive the sockets were given. It watches every socket of this process: nothing may run beside it. */
  async replayAlone(scenario: ReferenceScenario, config: PoolConfig): Promise<Replay> {
    using watch = await watchTcpKeepAlive()
    const { facts, leeway } = await this.replay(scenario, config)
    const last = watch.calls.at(-1)
    return { facts: { ...facts, tcpKeepAliveSeconds: last?.on ? last.seconds : null }, leeway }
  }
}
