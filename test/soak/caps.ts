import { Socket } from 'node:net'
import { compileHosts } from '../../src/config/hosts.ts'
import type { ConnectionPool } from '../../src/pool/pool.ts'

/** What a pool itself counts of a cap: connections, those that it has promised included, and those of them that are beyond the limit. */
interface Counts {
  readonly open: number
  readonly overflow: number
}

/**
 * Open sockets against one cap. After the cap was lowered, what is open beyond it may stay until it closes: what is allowed comes down with
 * every close, and never goes up again by itself. The same holds for overflow connections that another config had allowed.
 */
class Cap {
  open = 0
  #limit = Number.POSITIVE_INFINITY
  #overflow = 0
  #allowed = Number.POSITIVE_INFINITY
  #lingering = 0

  set(limit: number, overflow: number, counts: Counts): void {
    this.#limit = limit
    this.#overflow = overflow
    this.#allowed = Math.max(limit, this.open, counts.open + counts.overflow)
    this.#lingering = counts.overflow
  }

  add(): void {
    this.open++
  }

  remove(): void {
    this.open--
    this.#allowed = Math.max(this.#limit, Math.min(this.#allowed, this.open))
  }

  /** What is wrong, if anything. `tunnels` have left the pool, or are about to. */
  problem(tunnels: number, { overflow }: Counts): string | null {
    this.#lingering = Math.min(this.#lingering, overflow)
    const beyond = Math.max(this.#overflow, this.#lingering)
    if (this.open <= this.#allowed + beyond + tunnels) return null
    return `${this.open} open, allowed ${this.#allowed} + ${beyond}, and ${tunnels} tunnels`
  }
}

/** The sockets of one budget, counted from connect to close whichever client opened them, and held against its config at every connect. */
export class Ledger {
  readonly id: number
  /** Sockets that have left the pool by an upgrade, or are about to: no limit counts them. */
  tunnels = 0
  opened = 0
  readonly #total = new Cap()
  readonly #origins = new Map<string, Cap>()
  readonly #onBreach: (message: string) => void
  #core: ConnectionPool | null = null

  constructor(id: number, onBreach: (message: string) => void) {
    this.id = id
    this.#onBreach = onBreach
  }

  get open(): number {
    return this.#total.open
  }

  /** The pool's limits hold from now on. */
  follow(core: ConnectionPool): void {
    this.#core = core
    this.#apply(core)
  }

  /** Has other limits take effect. Raised ones do so within the call, in which nothing but the outcome can be checked. */
  change(reconfigure: () => void): void {
    const core = this.#core
    if (core === null) throw new Error('no pool is followed')
    const before = Math.max(this.open, core.connections.open + core.connections.overflow)
    this.#core = null
    reconfigure()
    this.#core = core
    const { maxConnections, maxOverflow } = core.config
    const allowed = Math.max(before, maxConnections) + Math.max(maxOverflow, core.connections.overflow) + this.tunnels
    if (this.open > allowed) this.#onBreach(`cap broken by reconfigure: budget ${this.id}: ${this.open} open, allowed ${allowed}`)
    this.#apply(core)
  }

  connecting(socket: Socket, host: string, port: number): void {
    const origin = `${socket.constructor.name === 'TLSSocket' ? 'https' : 'http'}://${host}:${port}`
    const cap = this.#ofOrigin(origin)
    this.opened++
    this.#total.add()
    cap.add()
    const core = this.#core
    if (core !== null) {
      this.#check(`budget ${this.id}`, this.#total, core.connections)
      this.#check(origin, cap, countsOf(core, origin))
    }
    socket.once('close', () => {
      this.#total.remove()
      cap.remove()
      if (cap.open === 0) this.#origins.delete(origin)
    })
  }

  #check(name: string, cap: Cap, counts: Counts): void {
    const problem = cap.problem(this.tunnels, counts)
    if (problem === null) return
    this.#onBreach(`cap broken: ${name}: ${problem}; the pool counts ${counts.open} + ${counts.overflow}`)
  }

  #apply(core: ConnectionPool): void {
    const { maxConnections, maxOverflow } = core.config
    this.#total.set(maxConnections, maxOverflow, core.connections)
    const limitsOf = compileHosts(core.config)
    for (const origin of new Set([...core.registry.origins.keys(), ...this.#origins.keys()])) {
      this.#ofOrigin(origin).set(limitsOf(origin).maxConnectionsPerHost, maxOverflow, countsOf(core, origin))
    }
  }

  #ofOrigin(origin: string): Cap {
    const known = this.#origins.get(origin)
    if (known !== undefined) return known
    const cap = new Cap()
    this.#origins.set(origin, cap)
    const core = this.#core
    const none = { open: 0, overflow: 0 }
    if (core !== null) cap.set(compileHosts(core.config)(origin).maxConnectionsPerHost, core.config.maxOverflow, none)
    return cap
  }
}

function countsOf(core: ConnectionPool, origin: string): Counts {
  return core.registry.origins.get(origin) ?? { open: 0, overflow: 0 }
}

type Connect = Socket['connect']

/** Calls back for every client socket that begins to connect; gives a function that ends it. */
export function watchConnects(onConnect: (socket: Socket, host: string, port: number) => void): () => void {
  const original = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket, ...args: Parameters<Connect>): Socket {
    // Throws for bad arguments, and then no socket came of it. What it emits comes later in any case.
    original.apply(this, args)
    const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
    const { host, port } = first as { host?: string; port?: number | string }
    onConnect(this, host ?? '', Number(port))
    return this
  } as Connect
  return () => {
    Socket.prototype.connect = original
  }
}
