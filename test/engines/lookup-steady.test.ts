import net, { type AddressInfo, type LookupFunction } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { errorOf, listen, until } from './node-agent/support.ts'
import { engines } from './proxy/engines.ts'
import { echo } from './proxy/kinds.ts'

const boom = new Error('boom')
const addresses = [{ address: '127.0.0.1', family: 4 }]

type Callback = (error: unknown, ...found: readonly unknown[]) => void

const failing: { readonly [kind: string]: (callback: Callback) => unknown } = {
  'throws before it answers': () => {
    throw boom
  },
  'throws after it has answered': (callback) => {
    callback(null, addresses)
    throw boom
  },
  'throws after it has failed': (callback) => {
    callback(new Error('another'))
    throw boom
  },
  'is async and throws': async () => {
    await null
    throw boom
  },
  'fails and then answers': (callback) => {
    callback(boom)
    callback(null, addresses)
  },
}

const giving: { readonly [kind: string]: (callback: Callback) => unknown } = {
  'a list, twice': (callback) => {
    callback(null, addresses)
    callback(null, addresses)
  },
  'a list, and then an error': (callback) => {
    setImmediate(() => {
      callback(null, addresses)
      callback(boom)
    })
  },
  'one address, whatever is asked for': (callback) => callback(null, '127.0.0.1', 4),
  'one address without its family': (callback) => callback(null, '127.0.0.1'),
}

const empty: { readonly [kind: string]: readonly unknown[] } = {
  nothing: [],
  'an empty list': [[]],
  'an empty text': [''],
  'a number': [17],
  'a list of nonsense': [[null, 7, {}]],
}

describe.each(engines)('$name: a look-up of the caller’s', ({ open }) => {
  async function scene(lookup: (callback: Callback) => unknown) {
    const accepted: net.Socket[] = []
    const { server, port } = await listen('http', echo)
    server.on('connection', (socket) => accepted.push(socket))
    const asked = (_name: string, _options: object, callback: Callback) => lookup(callback)
    const proxied = open({ proxy: false }, { maxConnections: 1 }, { lookup: asked as LookupFunction })
    return { ...proxied, accepted, get: () => proxied.get(`http://localhost:${port}/`) }
  }

  it.each(Object.keys(failing))(
    'that %s fails its requests, and no socket is open of which the pool does not know',
    async (kind) => {
      const { get, accepted, pool, expectEmpty } = await scene(failing[kind] as (callback: Callback) => unknown)
      for (let round = 0; round < 2; round++) expect((await errorOf(get())).message).toBe('boom')
      await until(() => expect(pool.stats()).toMatchObject({ open: 0, pending: 0 }))
      // By now a socket that connects has arrived, as one that comes after it has.
      await throughSocket()
      expect(accepted).toEqual([])
      await expectEmpty()
    },
  )

  it.each(Object.keys(empty))('that gives %s fails its requests at once', async (kind) => {
    const { get, pool } = await scene((callback) => callback(null, ...(empty[kind] as unknown[])))
    expect(await errorOf(get())).toMatchObject({ code: 'ENOTFOUND' })
    await until(() => expect(pool.stats().open).toBe(0))
  })

  it.each(Object.keys(giving))('that gives %s is taken at its first word', async (kind) => {
    const { get, accepted } = await scene(giving[kind] as (callback: Callback) => unknown)
    for (let round = 0; round < 2; round++) expect((await get()).status).toBe(200)
    expect(accepted.length).toBe(1)
  })
})

async function throughSocket(): Promise<void> {
  const server = net.createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await until(() => expect(server.listening).toBe(true))
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => socket.resume().once('close', resolve))
}
