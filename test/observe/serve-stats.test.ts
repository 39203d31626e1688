import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import net, { type Socket } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import * as nodeHttp from '../../adapters/node-http.ts'
import { advise } from '../../src/observe/advice/index.ts'
import type { StatsReport } from '../../src/observe/live/report.ts'
import { serveStats } from '../../src/observe/live/serve-stats.ts'
import type { Observed } from '../../src/observe/observed.ts'
import { hasModes } from '../platform.ts'
import { folderFor } from '../programs.ts'
import { ask, cleanup, holding, undiciPool, until } from './support.ts'

const isWindows = process.platform === 'win32'

function somewhere(): { readonly folder: string; readonly socket: string } {
  const folder = folderFor('stats')
  cleanup(() => rm(folder, { recursive: true, force: true }))
  return { folder, socket: isWindows ? `\\\\.\\pipe\\${path.basename(folder)}` : path.join(folder, 'stats.sock') }
}

async function serving(pools: Observed) {
  const place = somewhere()
  const stop = await serveStats(pools, { path: place.socket })
  cleanup(stop)
  return { ...place, stop }
}

/** Who looks: the reports that come, and the socket that they come by. */
async function looking(at: string): Promise<{ readonly socket: Socket; next(): Promise<StatsReport> }> {
  const socket = net.connect(at)
  cleanup(() => socket.destroy())
  await once(socket, 'connect')
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  return { socket, next: async () => JSON.parse(String((await lines.next()).value)) as StatsReport }
}

describe('serveStats', () => {
  it('tells of the pools, and of their last minutes at first', async () => {
    const server = await holding()
    const pool = undiciPool({ maxConnections: 3 }, { name: 'orders' })
    const { socket } = await serving(pool)
    const asked = ask(pool, `${server.origin}/hold`)
    await until(() => expect(server.handler.seen).toHaveLength(1))
    const viewer = await looking(socket)
    const first = await viewer.next()
    expect(first).toMatchObject({ version: 1, pid: process.pid })
    const [told] = first.pools
    expect(told).toMatchObject({
      name: 'orders',
      config: { maxConnections: 3, maxConnectionsPerHost: 'unlimited' },
      stats: { active: 1, hosts: { [server.origin]: { active: 1 } } },
      history: [{ stats: { active: 0 } }],
    })
    server.release()
    await asked
    viewer.socket.write('\n')
    const [later] = (await viewer.next()).pools
    expect(later).toMatchObject({ stats: { active: 0, idle: 1 } })
    expect(later).not.toHaveProperty('history')
    expect(advise(told?.config ?? {}, told?.history ?? [])).toEqual([])
  })

  it('tells of what is kept ready as it is now, not in every sample', async () => {
    const server = await holding()
    const pool = undiciPool({ hosts: { [server.origin]: { minIdleConnectionsPerHost: 2 } } })
    await until(() => expect(pool.stats().idle).toBe(2))
    const { socket } = await serving(pool)
    const [told] = (await (await looking(socket)).next()).pools
    expect(told?.stats.ready).toEqual({ [server.origin]: { wanted: 2, idle: 2, failures: 0, retryIn: 0, crowded: false } })
    expect(told?.history?.[0]?.stats).toMatchObject({ idle: 2 })
    expect(told?.history?.[0]?.stats).not.toHaveProperty('ready')
  })

  it('counts why connections closed', async () => {
    const server = await holding()
    server.release()
    const pool = undiciPool({ maxRequestsPerConnection: 1 })
    const { socket } = await serving([pool, undiciPool({}, { name: 'other' })])
    await ask(pool, server.origin)
    await ask(pool, server.origin)
    await until(() => expect(pool.stats().open).toBe(0))
    const { pools } = await (await looking(socket)).next()
    expect(pools.map(({ closes }) => closes)).toEqual([{ requests: 2 }, {}])
  })

  it('tells nothing of proxies and their passwords', async () => {
    const pool = nodeHttp.createPool({
      proxy: 'http://user:secret@127.0.0.1:9',
      hosts: { 'a.test': { proxy: 'http://b:hidden@127.0.0.1:9' } },
    })
    cleanup(() => pool.destroy())
    const { socket } = await serving(pool)
    const report = await (await looking(socket)).next()
    expect(JSON.stringify(report)).not.toMatch(/secret|hidden|127\.0\.0\.1:9/)
  })

  it.runIf(hasModes)('lets nobody in but its user', async () => {
    const { socket, folder } = await serving([])
    expect((statSync(socket).mode & 0o777).toString(8)).toBe('600')
    // Nothing else is left of how it was made.
    expect(readdirSync(folder)).toEqual(['stats.sock'])
  })

  it('ends with its viewers, and leaves nothing behind', async () => {
    const { socket, stop } = await serving([])
    const viewer = await looking(socket)
    await viewer.next()
    const closed = once(viewer.socket, 'close')
    await stop()
    await closed
    expect(existsSync(socket)).toBe(false)
    const again = await serveStats([], { path: socket })
    await again()
  })

  it('goes on when a viewer leaves, asks for nonsense, or does not read', async () => {
    const { socket } = await serving([undiciPool({})])
    const rude = await looking(socket)
    rude.socket.write('x'.repeat(1e6))
    rude.socket.destroy()
    const deaf = net.connect(socket)
    cleanup(() => deaf.destroy())
    await once(deaf, 'connect')
    for (let times = 0; times < 100; times++) deaf.write('\n')
    expect((await (await looking(socket)).next()).pools).toHaveLength(1)
  })

  it.skipIf(isWindows)('takes the place of a socket that was left behind, and of nothing else', async () => {
    const { socket, folder } = somewhere()
    // A process that ends without a word leaves its socket on Unix.
    const leave = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
    await promisify(execFile)(process.execPath, ['-e', leave]).catch(() => {})
    expect(existsSync(socket)).toBe(true)
    cleanup(await serveStats([], { path: socket }))
    await (await looking(socket)).next()
    await expect(serveStats([], { path: socket })).rejects.toMatchObject({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringContaining('another process listens'),
    })
    await (await looking(socket)).next()
    const file = path.join(folder, 'file')
    writeFileSync(file, 'kept')
    await expect(serveStats([], { path: file })).rejects.toMatchObject({
      code: 'ERR_POOL_UNSUPPORTED',
      message: expect.stringContaining('no socket'),
    })
  })

  it('does not keep a process alive, also while somebody looks', async () => {
    const { socket } = somewhere()
    const program = `
      import { serveStats } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)}
      import net from 'node:net'
      await serveStats([], { path: ${JSON.stringify(socket)} })
      const viewer = net.connect(${JSON.stringify(socket)})
      await new Promise((resolve) => viewer.on('data', resolve))
      viewer.unref()
      console.log('looked')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    // That it has ended is what is tested.
    expect(stdout.trim()).toBe('looked')
  })

  it.each([
    ['no path', [[], {}], 'path is missing'],
    ['a path that is none', [[], { path: 5 }], 'path of the second argument'],
    ['a path that no system takes', [[], { path: `${'x'.repeat(91)}` }], 'at most 90 bytes'],
    ['no pool', [5, { path: 'x' }], '5 is no pool'],
  ] as const)('refuses %s', async (_, args, message) => {
    const call = serveStats as (...args: readonly unknown[]) => Promise<unknown>
    await expect(call(...args)).rejects.toMatchObject({ code: 'ERR_POOL_UNSUPPORTED', message: expect.stringContaining(message) })
  })
})
