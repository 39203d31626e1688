import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { probeNow } from './probe/clock.ts'

/** One client socket, from the call of `connect()` to its `close` event. */
export interface CountedSocket {
  readonly id: number
  readonly port: number
  readonly openedAt: number
  /** Established, TLS included; null if it never was. */
  connectedAt: number | null
  closedAt: number | null
  /** Addresses that it tried, in order. */
  readonly tried: string[]
  readonly socket: Socket
}

/** Sockets to one port, or to all. */
export interface SocketTotals {
  readonly opened: number
  readonly open: number
  readonly peak: number
}

type Connect = Socket['connect']

// One patch however many count, put back when the last one stops.
const counters = new Set<SocketCounter>()
let original: Connect | null = null

const counted = function (this: Socket, ...args: Parameters<Connect>): Socket {
  // Throws for bad arguments, and then no socket came of it. What it emits comes later in any case.
  ;(original as Connect).apply(this, args)
  const port = portOf(args)
  for (const counter of counters) counter.begin(this, port)
  return this
} as Connect

/**
 * Counts client sockets strictly, whichever client opens them: TLS sockets connect through the same method, and however many
 * addresses a look-up gave, one socket is one. A socket that has closed and connects again is a new one.
 */
export class SocketCounter implements Disposable {
  readonly all: CountedSocket[] = []
  readonly #ports: ReadonlySet<number> | null
  /** Ports whose sockets are opened to another one, as to that of a proxy. */
  readonly #standIns = new Map<number, number>()
  readonly #tallies = new Map<number | 'all', { opened: number; open: number; peak: number }>()

  /** @param ports only sockets to these; a set that may grow; without it, all */
  constructor(ports: ReadonlySet<number> | null = null) {
    this.#ports = ports
    if (counters.size === 0) patch()
    counters.add(this)
  }

  /** Stops counting. Sockets that are open then are still followed to their end. */
  stop(): void {
    if (counters.delete(this) && counters.size === 0) unpatch()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  /** What is asked of a port from now on, another one answers for. */
  standIn(port: number, by: number): void {
    this.#standIns.set(port, by)
  }

  get open(): number {
    return this.totals().open
  }

  get peak(): number {
    return this.totals().peak
  }

  get opened(): number {
    return this.totals().opened
  }

  totals(port?: number): SocketTotals {
    const key = port === undefined ? 'all' : (this.#standIns.get(port) ?? port)
    return { opened: 0, open: 0, peak: 0, ...this.#tallies.get(key) }
  }

  /** The peak from now on. */
  resetPeak(): void {
    for (const tally of this.#tallies.values()) tally.peak = tally.open
  }

  /** Opens and closes in order, for messages: `+1:8001 +2:8002 -1:8001`. */
  timeline(): string {
    const events = this.all.flatMap(({ id, port, openedAt, closedAt }) => {
      const opened = { at: openedAt, text: `+${id}:${port}` }
      return closedAt === null ? [opened] : [opened, { at: closedAt, text: `-${id}:${port}` }]
    })
    return events
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join(' ')
  }

  /** @internal called by the patch */
  begin(socket: Socket, port: number): void {
    if (this.#ports && !this.#ports.has(port)) return
    const record: CountedSocket = {
      id: this.all.length + 1,
      port,
      openedAt: probeNow(),
      connectedAt: null,
      closedAt: null,
      tried: [],
      socket,
    }
    this.all.push(record)
    const tallies = [this.#tally('all'), this.#tally(port)]
    for (const tally of tallies) {
      tally.opened++
      tally.open++
      tally.peak = Math.max(tally.peak, tally.open)
    }
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      record.connectedAt = probeNow()
    })
    socket.on('connectionAttempt', (address: string) => record.tried.push(address))
    socket.once('close', () => {
      record.closedAt = probeNow()
      for (const tally of tallies) tally.open--
    })
  }

  #tally(key: number | 'all') {
    let tally = this.#tallies.get(key)
    if (!tally) {
      tally = { opened: 0, open: 0, peak: 0 }
      this.#tallies.set(key, tally)
    }
    return tally
  }
}

/** True while nothing counts and `net.Socket` is as it was found. */
export function isRestored(): boolean {
  return original === null && Socket.prototype.connect !== counted
}

function patch(): void {
  original = Socket.prototype.connect
  Socket.prototype.connect = counted
}

function unpatch(): void {
  if (Socket.prototype.connect !== counted || !original)
    throw new Error('net.Socket.prototype.connect was patched by someone else meanwhile')
  Socket.prototype.connect = original
  original = null
}

/** Of `connect(port)`, `connect(options)`, and the array in which node passes them on internally. */
function portOf(args: readonly unknown[]): number {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  const port = typeof first === 'object' && first !== null ? (first as { port?: unknown }).port : first
  return Number(port ?? 0)
}
