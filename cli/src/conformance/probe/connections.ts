import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { probeNow } from './clock.ts'
import type { ConnectionRecord, OpenCount } from './types.ts'

/** One accepted connection: its record, and the sockets to end it by. */
export interface Accepted {
  readonly record: ConnectionRecord
  /** The TCP socket, also under TLS: only it can be reset. */
  readonly raw: Socket
  /** What speaks HTTP: the TLS socket, or the TCP one. */
  stream: Socket
  /** Requests being answered now. */
  busy: number
}

/** Open connections now, ever, and at most at one time. */
export class Tally implements OpenCount {
  opened = 0
  open = 0
  peak = 0

  add(): void {
    this.opened++
    this.open++
    this.peak = Math.max(this.peak, this.open)
  }

  remove(): void {
    this.open--
  }
}

/** The connections of all origins of one probe. */
export class ServedConnections {
  readonly all: Accepted[] = []
  readonly total = new Tally()
  readonly #byOrigin = new Map<number, Tally>()
  readonly #bySocket = new WeakMap<Socket, Accepted>()
  readonly #byPeer = new Map<string, Accepted>()

  accept(origin: number, raw: Socket): Accepted {
    const accepted: Accepted = {
      record: {
        id: this.all.length + 1,
        origin,
        openedAt: probeNow(),
        closedAt: null,
        endedAt: null,
        closedBy: null,
        reset: false,
        securedAt: null,
        servername: null,
        http2: null,
        requests: [],
      },
      raw,
      stream: raw,
      busy: 0,
    }
    const tallies = [this.total, this.#tally(origin)]
    const peer = `${origin} ${raw.remoteAddress} ${raw.remotePort}`
    this.all.push(accepted)
    this.#bySocket.set(raw, accepted)
    this.#byPeer.set(peer, accepted)
    for (const tally of tallies) tally.add()
    watchEnd(accepted, raw)
    raw.on('close', () => {
      for (const tally of tallies) tally.remove()
      this.#byPeer.delete(peer)
      accepted.record.closedAt = probeNow()
      // A server that destroys its socket leaves no other trace.
      accepted.record.closedBy ??= 'server'
    })
    return accepted
  }

  /** After the handshake; the TLS socket knows its TCP socket only by the peer's port. */
  secured(origin: number, socket: TLSSocket): void {
    const accepted = this.#byPeer.get(`${origin} ${socket.remoteAddress} ${socket.remotePort}`)
    if (!accepted) return
    const { servername } = socket as { servername?: unknown }
    accepted.record.securedAt = probeNow()
    accepted.record.servername = typeof servername === 'string' ? servername : null
    accepted.stream = socket
    this.#bySocket.set(socket, accepted)
    watchEnd(accepted, socket)
  }

  of(socket: Socket): Accepted | undefined {
    return this.#bySocket.get(socket)
  }

  idleOf(origin: number): Accepted[] {
    return this.all.filter(({ record, busy }) => record.origin === origin && record.closedBy === null && busy === 0)
  }

  counts(): { [origin: number]: OpenCount } {
    const counts: { [origin: number]: OpenCount } = {}
    for (const [origin, { opened, open, peak }] of this.#byOrigin) counts[origin] = { opened, open, peak }
    return counts
  }

  #tally(origin: number): Tally {
    let tally = this.#byOrigin.get(origin)
    if (!tally) {
      tally = new Tally()
      this.#byOrigin.set(origin, tally)
    }
    return tally
  }
}

/** FIN, as an HTTP server sends it. Resolves when it has gone to the kernel. */
export function endNow(accepted: Accepted): Promise<void> {
  const { record, stream } = accepted
  record.closedBy ??= 'server'
  record.endedAt ??= probeNow()
  return new Promise((resolve) => {
    stream.once('close', resolve)
    stream.end(resolve)
  })
}

/** The same with RST. */
export function resetNow({ record, raw }: Accepted): Promise<void> {
  record.closedBy ??= 'server'
  record.reset = true
  return new Promise((resolve) => {
    raw.once('close', () => resolve())
    raw.resetAndDestroy()
  })
}

function watchEnd({ record }: Accepted, socket: Socket): void {
  socket.on('end', () => {
    record.closedBy ??= 'client'
  })
  socket.on('finish', () => {
    record.closedBy ??= 'server'
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') return
    record.closedBy ??= 'client'
    record.reset = true
  })
}
