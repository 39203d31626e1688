import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Pool, type StatsReport, serveStats } from 'polypool'
import * as nodeHttp from 'polypool/node-http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localSocketPath } from '../../../test/platform.ts'
import { frameOf } from '../../src/commands/top/frame.ts'
import { watchedPools } from '../../src/commands/top/rates.ts'
import type { Screen } from '../../src/io.ts'
import { run } from '../../src/main.ts'
import { colorsFor } from '../../src/output.ts'
import { csi, polypool, project, terminal } from '../command.ts'

/** A process with pools that serves its statistics: this one. */
async function serving(pools: readonly Pool<unknown>[] = [pool('orders')]): Promise<string> {
  const socket = process.platform === 'win32' ? localSocketPath() : path.join(project(), 'stats.sock')
  const stop = await serveStats(pools, { path: socket })
  onTestFinished(stop)
  return socket
}

function pool(name: string): Pool<unknown> {
  const made = nodeHttp.createPool({ maxConnections: 20 }, {}, { name })
  onTestFinished(() => made.destroy())
  return made
}

const hosts = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `https://host-${at}.example.com:443`,
      { open: 3, active: 2, idle: 1, pending: at, requests: 2 },
    ]),
  )

function report(changes: Partial<StatsReport['pools'][number]['stats']> = {}, at = 1_700_000_000_000): StatsReport {
  const none = { created: 0, reused: 0, evicted: 0, expired: 0, overflowed: 0, acquireTimeouts: 0, rejected: 0, aborted: 0 }
  const gauges = {
    open: 12,
    active: 8,
    idle: 4,
    pending: 3,
    requests: 8,
    draining: 0,
    streams: { active: 0, capacity: 0 },
    upgraded: 0,
  }
  const stats = { ...gauges, ...none, hosts: hosts(3), ...changes }
  return {
    version: 1,
    pid: 7,
    title: 'shop',
    at,
    pools: [{ name: 'orders', config: { maxConnections: 20 }, stats, closes: { expired: 5, server: 9 } }],
  }
}

const plain = colorsFor(terminal({ isTTY: false }).io)
const frame = (of: StatsReport, columns: number, rows: number, colors = plain) =>
  frameOf(of, watchedPools(of, undefined), { columns, rows }, colors)

describe('top', () => {
  it('prints a line for each pool where there is no terminal', async () => {
    const socket = await serving([pool('orders'), pool('search')])
    const { code, stdout, stderr } = await polypool(['top', socket, '--count', '2', '--every', '1ms'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const line = (name: string) =>
      expect.stringMatching(
        new RegExp(
          `^\\d\\d:\\d\\d:\\d\\d ${name} active=0 idle=0 waiting=0 limit=20 requests=0/s connects=0/s timeouts=0 refused=0$`,
        ),
      )
    expect(stdout.trim().split('\n')).toEqual([line('orders'), line('search'), line('orders'), line('search')])
  })

  it('ends when the process does', async () => {
    const socket = localSocketPath()
    const server = net.createServer((client) => {
      client.write(`${JSON.stringify(report())}\n`)
      client.on('data', () => client.destroy())
    })
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    const ended = await polypool(['top', path.isAbsolute(socket) ? socket : socket, '--every', '1ms'])
    // Linux's sockets without a file can't be named on a command line.
    if (socket.startsWith('\0')) expect(ended.code).toBe(2)
    else expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('orders active=8') })
  })

  it('prints one report with --json', async () => {
    const { code, stdout } = await polypool(['top', await serving(), '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      pid: process.pid,
      pools: [{ name: 'orders', config: { maxConnections: 20 } }],
    })
  })

  it('writes a page that needs nothing else', async () => {
    const folder = project()
    const { code, stdout, stderr } = await polypool(['top', await serving(), '--html'], { cwd: folder })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'written: polypool-top.html\n' })
    const page = readFileSync(path.join(folder, 'polypool-top.html'), 'utf8')
    expect(page).toContain('<h2>orders</h2>')
    expect(page.match(/<svg /g)).toHaveLength(4)
    expect(page).not.toMatch(/<script|NaN|Infinity|(?:src|href)=/)
  })

  const ready = { wanted: 3, idle: 3, failures: 0, retryIn: 0, crowded: false }

  it.each([
    [{}, undefined],
    [{ a: ready, b: { ...ready, idle: 0 } }, undefined],
    [
      { a: ready, b: { ...ready, idle: 1, failures: 4, retryIn: 1200 } },
      '  not ready: b 1 of 3, 4 connects failed, next in 1.2s',
    ],
    [{ a: { ...ready, idle: 0, failures: 1 } }, '  not ready: a 0 of 3, 1 connect failed, connecting'],
    [
      { a: { ...ready, idle: 2, crowded: true }, b: { ...ready, idle: 0, crowded: true }, c: { ...ready, idle: 1, failures: 2 } },
      '  not ready: b 0 of 3, no room, and 2 more hosts',
    ],
  ])('says whose connections are kept ready and are missing, and why: %o', (told, line) => {
    const lines = frame(report({ ready: told }), 100, 30)
    expect(lines.find((one) => one.includes('not ready'))).toBe(line)
    expect(lines).toHaveLength(frame(report(), 100, 30).length + (line === undefined ? 0 : 1))
    // Where there is no room for it, one host less has a line.
    const full = frame(report({ ready: told, hosts: hosts(40) }), 100, 20)
    expect(full).toContain(`  … and ${line === undefined ? 29 : 30} more hosts`)
  })

  it('counts them on a line, and lists them on a page', async () => {
    const made = nodeHttp.createPool(
      { hosts: { 'http://127.0.0.1:1': { minIdleConnectionsPerHost: 2 } } },
      {},
      { name: 'orders' },
    )
    onTestFinished(() => made.destroy())
    const socket = await serving([made])
    const { stdout } = await polypool(['top', socket, '--count', '1'])
    expect(stdout).toMatch(/ refused=0 missing=2\n$/)
    const folder = project()
    await polypool(['top', socket, '--html'], { cwd: folder })
    const page = readFileSync(path.join(folder, 'polypool-top.html'), 'utf8')
    expect(page).toMatch(/<th scope="row">http:\/\/127.0.0.1:1<\/th><td class="number">2<\/td><td class="number">0<\/td>/)
  })

  it.each([80, 160, 40])('fits %i columns, and as many rows as there are', (columns) => {
    for (const rows of [5, 24, 50]) {
      const lines = frame(report({ hosts: hosts(40) }), columns, rows)
      expect(lines.length).toBeLessThan(rows)
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns)
    }
    const coloured = frame(report(), columns, 24, colorsFor(terminal().io))
    expect(coloured.join('')).toContain(csi)
    for (const line of coloured) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns)
  })

  it('shows what is used of the limit, who waits, and why connections closed', () => {
    const lines = frame(report(), 80, 24)
    expect(lines[2]).toMatch(/^orders {2}8\/20 {2}█{14}▒{7}·{14} {2}40 %$/)
    expect(lines[3]).toBe('  4 idle, 3 waiting')
    expect(lines[5]).toBe('  closed: server 9, expired 5')
    // Where most wait comes first.
    expect(lines[6]).toBe('  https://host-2.example.com:443     2 in use    1 idle    2 waiting')
    expect(frame(report({ hosts: hosts(40) }), 80, 15).at(-2)).toBe('  … and 34 more hosts')
  })

  it('reckons rates from one report to the next', () => {
    const [{ rates } = { rates: undefined }] = watchedPools(
      report({ created: 20, reused: 180, acquireTimeouts: 4 }, 1_700_000_002_000),
      report({ created: 10, reused: 90, acquireTimeouts: 2 }),
    )
    expect(rates).toEqual({ served: 50, opened: 5, evicted: 0, timedOut: 1, refused: 0 })
    // Another process by now.
    expect(watchedPools(report({}, 1_700_000_002_000), report({ reused: 90 }))[0]?.rates.served).toBe(0)
  })

  it('draws on a terminal until q, again when its size changes, and gives the screen back', async () => {
    const socket = await serving()
    let size = { columns: 80, rows: 24 }
    let press: (key: string) => void = () => {}
    let resize = () => {}
    let watching = false
    const screen: Screen = {
      size: () => size,
      watch(onKey, onChange) {
        watching = true
        ;[press, resize] = [onKey, onChange]
        return () => {
          watching = false
        }
      },
    }
    const { io, written } = terminal({ screen })
    const ended = run(['top', socket], io)
    await expect.poll(() => written.out).toContain('orders')
    expect(written.out).toMatch(new RegExp(`^${csi.replace('[', '\\[')}\\?1049h`))
    const before = written.out.length
    size = { columns: 120, rows: 24 }
    resize()
    const redrawn = written.out.slice(before)
    expect(stripVTControlCharacters(redrawn.split('\r\n')[0] ?? '')).toHaveLength(120)
    press('x')
    press('q')
    expect(await ended).toBe(0)
    expect(written.out.endsWith(`${csi}?25h${csi}?1049l`)).toBe(true)
    expect(watching).toBe(false)
  })

  it('says what is wrong with a socket', async () => {
    const missing = await polypool(['top', path.join(project(), 'none.sock')])
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('serveStats(pools, { path })') })
    const other = net.createServer((client) => client.end('HTTP/1.1 400 Bad Request\n'))
    const place = process.platform === 'win32' ? localSocketPath() : path.join(project(), 's')
    await new Promise<void>((resolve) => other.listen(place, resolve))
    onTestFinished(() => void other.close())
    expect(await polypool(['top', place])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not speak as serveStats does'),
    })
  })
})
