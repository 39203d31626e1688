import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'

let running: AsyncLocalStorage<DialWatch> | undefined

/** Made with the first dial that is watched: it has a price for the whole process. */
function storage(): AsyncLocalStorage<DialWatch> {
  if (running !== undefined) return running
  const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks')
  const { subscribe } = process.getBuiltinModule('node:diagnostics_channel')
  const made = new AsyncLocalStorage<DialWatch>()
  subscribe('net.client.socket', (message) => made.getStore()?.add((message as { socket: Socket }).socket))
  running = made
  return made
}

/** Tells the dial that runs, if any, of a socket that node does not tell of. */
export function noteSocket(socket: Socket): void {
  running?.getStore()?.add(socket)
}

/**
 * Learns which sockets a caller's own dial opens, also later, before it gives one or if it never does.
 *
 * Node tells of sockets made by `net.connect` and `net.createConnection`. It does not of `new net.Socket().connect()`, nor of
 * `tls.connect` without a `socket`, nor where the dial leaves its async context (a thread pool of its own).
 */
export class DialWatch {
  readonly #sockets = new Map<Socket, Watched>()
  /** A dial through which this one is made hears of its sockets, too. */
  #outer: DialWatch | undefined
  #onClosed: (() => void) | undefined
  #done = false

  /** Calls `dial`, and hears of the sockets that it, and what it starts, open from now on. */
  run<T>(dial: () => T): T {
    const watches = storage()
    const outer = watches.getStore()
    if (outer !== undefined && outer !== this && !outer.#done) this.#outer = outer
    return watches.run(this, dial)
  }

  /** Whether a socket of the dial is known that has not closed. */
  get open(): boolean {
    for (const socket of this.#sockets.values()) if (socket.open) return true
    return false
  }

  /** Calls back once a socket of the dial has closed and none is open any more. */
  whenClosed(callback: () => void): void {
    this.#onClosed = callback
  }

  /** The dial is over, or is left to itself: its sockets are somebody else's matter. */
  end(): void {
    this.#done = true
    for (const socket of this.#sockets.values()) socket.leave()
    this.#onClosed = undefined
    this.#outer = undefined
    this.#sockets.clear()
  }

  add(socket: Socket): void {
    if (this.#done || this.#sockets.has(socket)) return
    for (const [one, watched] of this.#sockets) {
      if (watched.open) continue
      watched.leave()
      this.#sockets.delete(one)
    }
    this.#sockets.set(socket, new Watched(socket, this.#onSocketClosed))
    this.#outer?.add(socket)
  }

  #onSocketClosed = (): void => {
    if (!this.open) this.#onClosed?.()
  }
}

/** A socket, and whether it has closed: its `closed` is true as soon as it is destroyed, before its 'close'. */
class Watched {
  readonly #socket: Socket
  readonly #told: () => void
  #heard = false

  constructor(socket: Socket, told: () => void) {
    this.#socket = socket
    this.#told = told
    socket.on('close', this.#onClose)
  }

  /** One that has closed may connect once more. */
  get open(): boolean {
    return !this.#heard || !this.#socket.closed
  }

  leave(): void {
    this.#socket.off('close', this.#onClose)
  }

  #onClose = (): void => {
    this.#heard = true
    this.#told()
  }
}
