import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DialWatch } from '../../src/engines/dial-watch.ts'

let server: net.Server
let port: number
const sockets: Socket[] = []

beforeEach(async () => {
  server = net.createServer((socket) => socket.on('error', () => {})).listen(0)
  await once(server, 'listening')
  port = (server.address() as net.AddressInfo).port
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
})

const connect = (): Socket => {
  const socket = net.connect(port)
  sockets.push(socket)
  return socket
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a socket that the dial opens is known from the start to its close', async () => {
  const watch = new DialWatch()
  expect(watch.open).toBe(false)
  const socket = watch.run(connect)
  expect(watch.open).toBe(true)
  await once(socket, 'connect')
  expect(watch.open).toBe(true)
  socket.destroy()
  // It says that it has closed, and has not.
  expect([socket.closed, watch.open]).toEqual([true, true])
  await once(socket, 'close')
  expect(watch.open).toBe(false)
})

test('one that it opens later, by a timer, a promise or a callback, is known too', async () => {
  for (const later of [
    (open: () => void) => void setTimeout(open, 1),
    (open: () => void) => void Promise.resolve().then(turn).then(open),
    (open: () => void) => void connect().once('connect', open),
  ]) {
    const watch = new DialWatch()
    const opened = new Promise<Socket>((resolve) => watch.run(() => later(() => resolve(connect()))))
    await opened
    expect(watch.open).toBe(true)
    // Whichever closes last.
    await Promise.all(
      sockets.splice(0).map((one) => {
        const closed = once(one, 'close')
        one.destroy()
        return closed
      }),
    )
    expect(watch.open).toBe(false)
  }
})

test('sockets of others are not its own', () => {
  const [watch, other] = [new DialWatch(), new DialWatch()]
  watch.run(() => {})
  connect()
  other.run(connect)
  expect(watch.open).toBe(false)
  expect(other.open).toBe(true)
})

test('a dial through another one belongs to both', () => {
  const [outer, inner] = [new DialWatch(), new DialWatch()]
  outer.run(() => inner.run(connect))
  expect(outer.open).toBe(true)
  expect(inner.open).toBe(true)
})

test('tells when the last of its sockets has closed', async () => {
  const watch = new DialWatch()
  const [first, second] = watch.run(() => [connect(), connect()] as const)
  let told = 0
  watch.whenClosed(() => told++)
  first.destroy()
  await once(first, 'close')
  expect(told).toBe(0)
  second.destroy()
  await once(second, 'close')
  expect(told).toBe(1)
})

test('after its end it knows nothing, hears nothing, and no listener of its own is left', async () => {
  const watch = new DialWatch()
  const { socket, later } = watch.run(() => ({ socket: connect(), later: turn().then(connect) }))
  watch.whenClosed(() => expect.unreachable())
  expect(socket.listenerCount('close')).toBe(1)
  watch.end()
  expect(socket.listenerCount('close')).toBe(0)
  await later
  expect(watch.open).toBe(false)
})

test('the socket under a TLS socket is known where the dial made it itself', async () => {
  const watch = new DialWatch()
  const socket = watch.run(() => {
    const under = connect()
    return tls.connect({ socket: under }).on('error', () => {})
  })
  expect(watch.open).toBe(true)
  socket.destroy()
  await once(socket, 'close')
  await turn()
  expect(watch.open).toBe(false)
})
