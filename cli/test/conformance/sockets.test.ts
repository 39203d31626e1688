import { Agent, get } from 'node:http'
import { createServer, type LookupFunction, Socket, connect as tcpConnect } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { afterEach, expect, it, vi } from 'vitest'
import { probeCertificate } from '../../src/conformance/probe/certificates.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import { isRestored, SocketCounter } from '../../src/conformance/sockets.ts'

const probe = new LocalProbe()
const original = Socket.prototype.connect

afterEach(() => {
  expect(isRestored()).toBe(true)
  expect(Socket.prototype.connect).toBe(original)
})

it('counts a socket from connect() to close', async () => {
  const { port } = await probe.listen()
  using counter = new SocketCounter()
  const socket = tcpConnect(port, '127.0.0.1')
  expect([counter.opened, counter.open, counter.peak]).toEqual([1, 1, 1])
  await vi.waitFor(() => expect(counter.all[0]?.connectedAt).toBeTypeOf('number'))
  socket.destroy()
  expect(counter.open).toBe(1)
  await vi.waitFor(() => expect([counter.opened, counter.open, counter.peak]).toEqual([1, 0, 1]))
  expect(counter.timeline()).toBe(`+1:${port} -1:${port}`)
})

it('counts a TLS socket once, and one whose handshake fails', async () => {
  const { port } = await probe.listen({ scheme: 'https' })
  using counter = new SocketCounter()
  const good = tlsConnect({ port, host: '127.0.0.1', ca: probeCertificate })
  const bad = tlsConnect({ port, host: '127.0.0.1' }).on('error', () => {})
  await vi.waitFor(() => expect(bad.closed).toBe(true))
  await vi.waitFor(() => expect(counter.all.map(({ connectedAt }) => connectedAt === null)).toEqual([false, true]))
  expect(counter.totals(port)).toEqual({ opened: 2, open: 1, peak: 2 })
  good.destroy()
  await vi.waitFor(() => expect(counter.open).toBe(0))
})

it('counts a socket that tries several addresses as one', async () => {
  const { port } = await probe.listen()
  using counter = new SocketCounter()
  const lookup: LookupFunction = (_name, _options, callback) =>
    callback(null, [
      { address: '127.0.0.2', family: 4 },
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ])
  const socket = tcpConnect({ port, host: 'a.test', lookup, autoSelectFamily: true })
  await new Promise((resolve) => socket.on('connect', resolve))
  expect(counter.opened).toBe(1)
  socket.destroy()
  await vi.waitFor(() => expect(counter.open).toBe(0))
})

it('counts refused sockets until they close, and none for bad arguments', async () => {
  const { port } = await probe.listen({ mode: 'refuse' })
  using counter = new SocketCounter()
  tcpConnect(port, '127.0.0.1').on('error', () => {})
  expect(counter.open).toBe(1)
  await vi.waitFor(() => expect(counter.open).toBe(0))
  expect(() => tcpConnect({ port: 99999 })).toThrow()
  expect([counter.opened, counter.open]).toEqual([1, 0])
})

it('counts only the ports it is told, which may become more', async () => {
  const [a, b] = [await probe.listen(), await probe.listen()]
  const ports = new Set([a.port])
  using counter = new SocketCounter(ports)
  using everything = new SocketCounter()
  const open = (port: number) => tcpConnect(port, '127.0.0.1')
  const sockets = [open(a.port), open(b.port)]
  ports.add(b.port)
  sockets.push(open(b.port))
  expect([counter.opened, everything.opened]).toEqual([2, 3])
  expect([counter.totals(a.port).open, counter.totals(b.port).open]).toEqual([1, 1])
  for (const socket of sockets) socket.destroy()
  await vi.waitFor(() => expect([counter.open, everything.open]).toEqual([0, 0]))
  counter.resetPeak()
  expect([counter.peak, everything.peak]).toEqual([0, 3])
})

it('sees what an agent opens', async () => {
  const { port } = await probe.listen()
  using counter = new SocketCounter(new Set([port]))
  const agent = new Agent({ keepAlive: true, maxSockets: 2 })
  const ask = () =>
    new Promise((resolve) =>
      get({ port, host: '127.0.0.1', agent, path: '/?delay=5' }, (answer) => answer.resume().on('end', resolve)),
    )
  await Promise.all(Array.from({ length: 6 }, ask))
  expect(counter.peak).toBe(2)
  agent.destroy()
  await vi.waitFor(() => expect(counter.open).toBe(0))
})

it('does not count the accepting side', async () => {
  const server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as { port: number }
  using counter = new SocketCounter()
  const socket = tcpConnect(port).resume()
  await new Promise((resolve) => socket.on('close', resolve))
  expect(counter.opened).toBe(1)
  server.close()
})
