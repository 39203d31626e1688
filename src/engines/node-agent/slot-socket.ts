import type { Socket } from 'node:net'
import type { NodeConnection } from './connection.ts'
import type { PooledRequest } from './native.ts'

// Sockets that a connection of the pool has: by which they are known, and what is done when they leave.

export const slot: unique symbol = Symbol('polypool.connection')

export type SlotSocket = Socket & { [slot]?: NodeConnection | null }

/** Stands for the request where there is none. */
export const noRequest: PooledRequest = { shouldKeepAlive: true, getHeader: () => undefined } as unknown as PooledRequest

// Errors reach the request by node's own listener. This one is for the moments when there is none: between the end of a response and
// 'free', and in Node 20 between the socket and its request.
export function ignoreError(): void {}

export function onClose(this: SlotSocket): void {
  const connection = this[slot]
  if (connection == null) return
  const { core } = connection.driver
  if (!connection.attempted) core.neverDialled(connection)
  core.closed(connection)
}

/** Of a socket that the agent itself has just made: while its name is looked up, nothing of it is on the wire. */
export function awaitAttempt(connection: NodeConnection, socket: Socket): void {
  if (!socket.connecting) return
  connection.attempted = false
  socket.once('connectionAttempt', () => {
    connection.attempted = true
  })
}

/** After an upgrade or CONNECT the socket is the caller's. A destroyed one is about to close. */
export function onRemove(this: SlotSocket): void {
  const connection = this[slot]
  if (this.destroyed || connection == null) return
  this.removeListener('error', ignoreError)
  this.removeListener('close', onClose)
  this.removeListener('agentRemove', onRemove)
  this[slot] = null
  connection.driver.core.upgraded(connection, this)
}

export function giveSocket(request: PooledRequest, socket: Socket): void {
  if (!socket.destroyed) request.onSocket(socket)
  else request.onSocket(null, socket.errored ?? hangUp())
}

/** As node says it. */
export function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}

/** False for a bare stream, which a createConnection may give: good for one request. */
export function isSocket(socket: Partial<Socket>): boolean {
  return typeof socket.ref === 'function' && typeof socket.setTimeout === 'function'
}
