import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net, { type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { NativeAgent, RequestOptions } from '../../../src/engines/node-agent/native.ts'
import { dial } from './connecting.ts'
import {
  cleanup,
  countSockets,
  expectEmpty,
  get,
  listen,
  type Opened,
  open,
  probeCertificate,
  type Scheme,
  send,
  until,
  variants,
} from './support.ts'

/** Objects that stand for an agent: callers and libraries make them to add or replace something. */
const wrappings = {
  'a Proxy': (agent: http.Agent) => new Proxy(agent, {}),
  'an object derived from it': (agent: http.Agent) => Object.create(agent) as http.Agent,
  'a Proxy of an object derived from it': (agent: http.Agent) => new Proxy(Object.create(agent) as http.Agent, {}),
}

const native = (agent: http.Agent) => agent as unknown as NativeAgent

describe.each(variants)('$name agent', (variant) => {
  const { scheme } = variant

  describe.each(Object.entries(wrappings))('by %s', (_, wrap) => {
    const wrapped = (opened: Opened): Opened => ({ ...opened, agent: wrap(opened.agent) })

    it('serves requests within the limits, and reuses connections with the agent itself', async () => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 2 })
      const by = wrapped(opened)
      const counter = countSockets(port)
      const answers = await Promise.all(Array.from({ length: 9 }, (_, index) => get(index % 3 === 0 ? opened : by, { port })))
      expect(answers.every(({ body }) => body === 'ok')).toBe(true)
      expect(counter.peak).toBe(2)
      expect(await get(by, { port })).toMatchObject({ reused: true })
      expect(await get(opened, { port })).toMatchObject({ reused: true })
      expect(opened.pool.stats()).toMatchObject({ created: 2, reused: 9, open: 2, active: 0 })
      await opened.pool.close()
      await expectEmpty(opened)
    })

    it('leaves a waiting request, and ends with destroy', async () => {
      const { port } = await listen(scheme, () => {})
      const opened = open(variant, { maxConnections: 1 })
      const by = wrapped(opened)
      const running = send(by, { port })
      const waiting = send(by, { port })
      await until(() => expect(opened.pool.stats()).toMatchObject({ active: 1, pending: 1 }))
      waiting.request.destroy()
      await expect(waiting.answer).rejects.toThrow()
      by.agent.destroy()
      await expect(running.answer).rejects.toThrow()
      await expectEmpty(opened)
    })

    it('calls what it has overridden, also for a request that waited', async () => {
      const { port } = await listen(scheme)
      const opened = open(variant, { maxConnections: 1, keepAlive: false })
      let dials = 0
      const createConnection = (options: RequestOptions) => {
        dials++
        return dial(scheme, options)
      }
      const agent = new Proxy(wrap(opened.agent), {
        get: (target, key) => (key === 'createConnection' ? createConnection : Reflect.get(target, key)),
      })
      const by = { agent, scheme }
      await Promise.all([get(opened, { port }), get(by, { port }), get(by, { port })])
      expect(dials).toBe(2)
    })

    it('has every method and event of the agent', async () => {
      const { port } = await listen(scheme)
      const opened = open(variant)
      const by = wrapped(opened)
      const agent = native(by.agent)
      expect(agent.getName({ host: 'a', port: 1 })).toBe(native(opened.agent).getName({ host: 'a', port: 1 }))
      const heard: unknown[] = []
      by.agent.on('mine', (value: unknown) => heard.push(value))
      opened.agent.emit('mine', 1)
      by.agent.emit('mine', 2)
      expect(heard).toEqual([1, 2])
      const socket = agent.createConnection({ host: '127.0.0.1', port, ca: probeCertificate }, () => {}) as Socket
      await once(socket, scheme === 'http' ? 'connect' : 'secureConnect')
      expect(agent.keepSocketAlive(socket)).toBe(true)
      socket.destroy()
      expect(opened.pool.stats()).toMatchObject({ open: 0, created: 0 })
    })
  })

  it('as the global one: `agent: false` gets an agent of its own, as natively', async () => {
    const { port } = await listen(scheme, (request, response) => response.end(request.headers.connection))
    const { pool, agent } = open(variant, { maxConnections: 1 })
    const module: { globalAgent: http.Agent; get: typeof http.get } = scheme === 'http' ? http : (https as never)
    const before = module.globalAgent
    cleanup(() => {
      module.globalAgent = before
    })
    const ask = async () => {
      const request = module.get({ host: '127.0.0.1', port, agent: false, ca: probeCertificate } as http.RequestOptions)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      let body = ''
      for await (const chunk of response) body += chunk
      return body
    }
    module.globalAgent = new (Object.getPrototypeOf(Object.getPrototypeOf(agent)).constructor)()
    const natively = await ask()
    module.globalAgent = agent
    expect(await ask()).toBe(natively)
    expect(pool.stats()).toMatchObject({ created: 0, open: 0 })
    expect(await get({ agent: module.globalAgent, scheme }, { port })).toMatchObject({ body: 'keep-alive' })
    expect(pool.stats()).toMatchObject({ created: 1 })
  })

  it('makes a working agent of its native class from its constructor', async () => {
    const { port } = await listen(scheme)
    const { agent, pool } = open(variant, { maxConnections: 1 })
    const Agent = agent.constructor as new (options?: object) => http.Agent
    expect(agent).toBeInstanceOf(Agent)
    for (const options of [undefined, {}, { ca: probeCertificate }, native(agent).options]) {
      const made = new Agent(options)
      cleanup(() => made.destroy())
      expect(await get({ agent: made, scheme }, { port, ca: probeCertificate })).toMatchObject({ body: 'ok' })
    }
    class Derived extends Agent {}
    const derived = new Derived({ maxSockets: 3 })
    cleanup(() => derived.destroy())
    expect(derived.maxSockets).toBe(3)
    expect(await get({ agent: derived, scheme }, { port, ca: probeCertificate })).toMatchObject({ body: 'ok' })
    expect(pool.stats()).toMatchObject({ created: 0 })
  })

  it('takes the options of createConnection as they are, also frozen ones', async () => {
    const { port } = await listen(scheme)
    const { agent } = open(variant)
    const options = Object.freeze({ host: '127.0.0.1', port, ca: probeCertificate })
    const socket = native(agent).createConnection(options, () => {}) as Socket
    await once(socket, scheme === 'http' ? 'connect' : 'secureConnect')
    socket.destroy()
    const mine = { host: '127.0.0.1', port, ca: probeCertificate }
    const second = native(agent).createConnection(mine, () => {}) as Socket
    second.on('error', () => {})
    second.destroy()
    expect(mine).toEqual({ host: '127.0.0.1', port, ca: probeCertificate })
  })
})

describe.each(['http', 'https'] as const)('%s createConnection', (scheme) => {
  it.each([
    ['port', (port: number) => [port]],
    ['port and host', (port: number) => [port, '127.0.0.1']],
    ['port, host and options', (port: number) => [port, '127.0.0.1', { ca: probeCertificate, rejectUnauthorized: false }]],
    ['port and options', (port: number) => [port, { host: '127.0.0.1', rejectUnauthorized: false }]],
    ['options', (port: number) => [{ port, host: '127.0.0.1', rejectUnauthorized: false }]],
  ])('by %s ends as with the native agent', async (_, argumentsFor) => {
    const { port } = await listen(scheme)
    const { agent } = open({ client: 'node-http', scheme })
    const ends = await Promise.all(
      [agent, scheme === 'http' ? new http.Agent() : new https.Agent()].map((one) => endOf(one, scheme, argumentsFor(port))),
    )
    expect(ends[0]).toEqual(ends[1])
  })
})

/** How a connection ends that was asked for by these arguments, the listeners on it included. */
async function endOf(agent: http.Agent, scheme: Scheme, args: readonly unknown[]): Promise<unknown> {
  let socket: Socket
  try {
    socket = Reflect.apply(native(agent).createConnection, agent, args) as Socket
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
  const listeners = socket.eventNames().map((name) => [String(name), socket.listenerCount(name)])
  const end = await new Promise((resolve) => {
    socket.once(scheme === 'http' ? 'connect' : 'secureConnect', () => resolve('connected'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  socket.destroy()
  return [end, listeners]
}

describe.each(variants)('$name, after CONNECT or an upgrade', (variant) => {
  it.each(['connect', 'upgrade'] as const)('by %s no listener stays on the socket', async (event) => {
    const { server, port } = await listen(variant.scheme)
    server.on(event, (_, socket: Socket) => {
      socket.on('error', () => {})
      socket.write(
        event === 'connect' ? 'HTTP/1.1 200 OK\r\n\r\n' : 'HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
      )
    })
    const { agent, pool } = open(variant, { maxConnections: 1 })
    const bare = new (agent.constructor as typeof http.Agent)({ keepAlive: true, timeout: 0 })
    cleanup(() => bare.destroy())
    const [own, natively] = await Promise.all(
      [agent, bare].map(async (one) => {
        const request = (variant.scheme === 'http' ? http : https).request({
          host: '127.0.0.1',
          port,
          agent: one,
          ca: probeCertificate,
          method: event === 'connect' ? 'CONNECT' : 'GET',
          headers: event === 'connect' ? {} : { connection: 'Upgrade', upgrade: 'x' },
        } as https.RequestOptions)
        request.end()
        const [, socket] = (await once(request, event)) as [http.IncomingMessage, Socket]
        cleanup(() => socket.destroy())
        return socket
      }),
    )
    const counts = (socket: Socket | undefined) =>
      socket?.eventNames().map((name) => `${String(name)}: ${socket.listenerCount(name)}`)
    expect(counts(own)?.sort()).toEqual(counts(natively)?.sort())
    expect(own).toBeInstanceOf(net.Socket)
    expect(pool.stats()).toMatchObject({ open: 0, upgraded: 1 })
    own?.destroy()
    await until(() => expect(pool.stats()).toMatchObject({ open: 0, upgraded: 0 }))
  })
})
