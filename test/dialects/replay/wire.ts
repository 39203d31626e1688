import type { Socket } from 'node:net'
import { probeNow } from '../../../cli/src/conformance/probe/clock.ts'
import { SocketCounter } from '../../../cli/src/conformance/sockets.ts'

/**
 * Counts client sockets as the recording did, which saw packets: from SYN to FIN. So one that was told to close counts no more,
 * while SocketCounter waits for its `close` event, some turns of the event loop later.
 */
export class WireCounter extends SocketCounter {
  readonly #ports: readonly number[]
  readonly #open = new Map<Socket, number>()
  readonly #left = new Map<Socket, number>()
  readonly #peaks: number[]
  #peak = 0

  /** @param ports by index of the host */
  constructor(ports: readonly number[]) {
    super(new Set(ports))
    this.#ports = ports
    this.#peaks = ports.map(() => 0)
  }

  /** The most that were open at one time. */
  get peakConnections(): number {
    return this.#peak
  }

  /** The same by index of the host. */
  get peakByHost(): readonly number[] {
    return this.#peaks
  }

  /** Open now, by index of the host. */
  openByHost(): number[] {
    return this.#ports.map((port) => [...this.#open.values()].filter((one) => one === port).length)
  }

  /** When each socket to the host left, in the order in which they were opened; null while it is open. */
  leftAt(host: number): (number | null)[] {
    return this.all.flatMap(({ port, socket }) => (port === this.#ports[host] ? [this.#left.get(socket) ?? null] : []))
  }

  override begin(socket: Socket, port: number): void {
    super.begin(socket, port)
    if (!this.#ports.includes(port)) return
    this.#open.set(socket, port)
    this.#peak = Math.max(this.#peak, this.#open.size)
    for (const [host, open] of this.openByHost().entries()) this.#peaks[host] = Math.max(this.#peaks[host] ?? 0, open)
    const left = () => {
      if (this.#open.delete(socket)) this.#left.set(socket, probeNow())
    }
    socket.once('close', left)
    const { destroy } = socket
    socket.destroy = (...args) => {
      left()
      return destroy.apply(socket, args)
    }
  }
}
