import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

let running: AsyncLocalStorage<DialWatch> | undefined

/** Made with the first dial that is watched: it has a price for the whole process. */
function storage(): AsyncLocalStorage<DialWatch> {
  if (running !== undefined) return running
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
  readonly #sockets = new Set<Socket>()
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
    for (const socket of this.#sockets) if (!socket.closed) return true
    return false
  }

  /** Calls back once a socket of the dial has closed and none is open any more. Until this is asked, its sockets bear no listener. */
  whenClosed(callback: () => void): void {
    this.#onClosed = callback
    for (const socket of this.#sockets) socket.once('close', this.#onSocketClosed)
  }

  /** The dial is over, or is left to itself: its sockets are somebody else's matter. */
  end(): void {
    this.#done = true
    if (this.#onClosed !== undefined) {
      for (const socket of this.#sockets) socket.off('close', this.#onSocketClosed)
    }
    this.#onClosed = undefined
    this.#outer = undefined
    this.#sockets.clear()
  }

  add(socket: Socket): void {
    if (this.#done) return
    for (const one of this.#sockets) if (one.closed) this.#sockets.delete(one)
    this.#sockets.add(socket)
    if (this.#onClosed !== undefined) socket.once('close', this.#onSocketClosed)
    this.#outer?.add(socket)
  }

  #onSocketClosed = (): void => {
    if (!this.open) this.#onClosed?.()
  }
}
