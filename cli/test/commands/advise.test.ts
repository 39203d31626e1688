import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { type PoolSample, serveStats } from 'polypool'
import * as nodeHttp from 'polypool/node-http'
import { collect } from 'polypool/prometheus'
import { Registry } from 'prom-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localSocketPath } from '../../../test/platform.ts'
import { parseMetrics } from '../../src/commands/advise/scrape.ts'
import { polypool, project } from '../command.ts'

const host = 'https://a.test:443'

/** A pool whose 20 connections are always in use, and 5 wait. */
function samples(count: number): PoolSample[] {
  const gauges = { open: 20, active: 20, idle: 0, pending: 5, requests: 20 }
  const none = {
    draining: 0,
    streams: { active: 0, capacity: 0 },
    upgraded: 0,
    evicted: 0,
    expired: 0,
    overflowed: 0,
    rejected: 0,
    aborted: 0,
  }
  return Array.from({ length: count }, (_, second) => ({
    at: 1000 * second,
    stats: { ...gauges, ...none, created: 20, reused: 400 * second, acquireTimeouts: 40 * second, hosts: { [host]: gauges } },
  }))
}

const inFile = (content: unknown) => ({ cwd: project({ 'samples.json': JSON.stringify(content) }) })

/** Serves what a pool of another process would have at /metrics. */
async function serving(text: () => string | Promise<string>): Promise<string> {
  const server = http.createServer(async (_, response) => response.end(await text()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
}

describe('advise', () => {
  it('suggests a config from samples in a file, with reasons', async () => {
    const { code, stdout, stderr } = await polypool(
      ['advise', 'samples.json'],
      inFile({ config: { maxConnections: 20 }, samples: samples(60) }),
    )
    expect(stderr).toBe('')
    expect(code).toBe(1)
    expect(stdout).toContain('60 samples over 59s')
    expect(stdout).toMatch(/maxConnections +20 +27 +in 60 of 60 samples all 20 were in use/)
    expect(stdout).toContain('In polypool.config.yaml\n  maxConnections: 27\n')
  })

  it('writes the limits of all processes where the config divides them', async () => {
    const cwd = project({
      'samples.json': JSON.stringify({ config: { maxConnections: 20 }, samples: samples(60) }),
      'polypool.config.yaml': 'processes: 4\npools: { default: { maxConnections: 80 } }',
    })
    const { stdout } = await polypool(['advise', 'samples.json'], { cwd })
    expect(stdout).toMatch(/maxConnections +20 +27 /)
    expect(stdout).toContain('In polypool.config.yaml, where limits are those of all 4 processes\n  maxConnections: 108\n')
  })

  it('says so when there is nothing to change', async () => {
    const few = await polypool(['advise', 'samples.json'], inFile(samples(5)))
    expect(few).toMatchObject({ code: 0, stdout: expect.stringContaining('5 samples over 4s: nothing to change') })
    const { code, stdout } = await polypool(['advise', 'samples.json', '--json'], inFile(samples(5)))
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ samples: 5, suggestions: [] })
  })

  it('reads /metrics as often as it is told', async () => {
    let second = 0
    const url = await serving(() => {
      second++
      const labels = `pool="orders",host="${host}"`
      return [
        'polypool_limit_connections{pool="orders"} 20',
        `polypool_connections{${labels},state="active"} 20`,
        `polypool_connections{${labels},state="idle"} 0`,
        `polypool_pending_requests{${labels}} 5`,
        `polypool_requests{${labels}} 25`,
        'polypool_created_total{pool="orders"} 20',
        `polypool_reused_total{pool="orders"} ${400 * second}`,
        `polypool_acquire_timeouts_total{pool="orders"} ${40 * second}`,
        'polypool_limit_connections{pool="other"} 1',
        'polypool_connections{pool="other",host="https://b.test:443",state="active"} 900',
        'polypool_reused_total{pool="other"} 7',
      ].join('\n')
    })
    const { code, stdout } = await polypool(['advise', url, '--pool', 'orders', '--samples', '40', '--every', '1ms', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      samples: 40,
      suggestions: [{ field: 'maxConnections', current: 20, suggested: 27 }],
    })
    expect(second).toBe(40)
    expect(await polypool(['advise', url])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('say which with --pool. There are orders, other'),
    })
    expect(await polypool(['advise', url, '--pool', 'order'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no pool "order"'),
    })
  })

  it('understands what polypool/prometheus has at /metrics', async () => {
    const pool = nodeHttp.createPool({ maxConnections: 7 }, {}, { name: 'or"ders\\' })
    onTestFinished(() => pool.destroy())
    const registry = new Registry()
    onTestFinished(collect(pool, { registry, prefix: 'app_' }))
    const series = parseMetrics(await registry.metrics(), 'app_')
    expect(series).toContainEqual({ name: 'limit_connections', labels: { pool: 'or"ders\\' }, value: 7 })
    const url = await serving(() => registry.metrics())
    const { code, stdout } = await polypool(['advise', url, '--prefix', 'app_', '--samples', '2', '--every', '1ms', '--json'])
    expect({ code, told: JSON.parse(stdout) }).toEqual({ code: 0, told: { samples: 2, suggestions: [] } })
  })

  it('asks a running process', async () => {
    const [one, other] = ['orders', 'search'].map((name) => nodeHttp.createPool({}, {}, { name }))
    if (one === undefined || other === undefined) throw new Error('no pool')
    for (const pool of [one, other]) onTestFinished(() => pool.destroy())
    const socket = process.platform === 'win32' ? localSocketPath() : path.join(project(), 's')
    onTestFinished(await serveStats([one, other], { path: socket }))
    const { code, stdout } = await polypool(['advise', '--socket', socket, '--pool', 'search', '--json'])
    expect({ code, told: JSON.parse(stdout) }).toEqual({ code: 0, told: { samples: 2, suggestions: [] } })
    expect(await polypool(['advise', '--socket', socket])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('several pools, say which with --pool: orders, search'),
    })
    expect(await polypool(['advise', '--socket', socket, '--pool', 'serch'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean search'),
    })
  })

  it.each([
    ['nothing', [], 'say where the samples are'],
    ['two of them', ['a.json', '--socket', 'x'], 'one of them'],
    ['a file that is not there', ['a.json'], "can't be read as JSON"],
    ['a socket that is not there', ['--socket', 'x'], 'there is no socket of that name'],
    ['a server that is not there', ['http://127.0.0.1:9/metrics'], "can't be read"],
  ])('refuses %s', async (_, args, message) => {
    expect(await polypool(['advise', ...args], { cwd: project() })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    })
  })

  it('says what is wrong with samples and config', async () => {
    expect(await polypool(['advise', 'samples.json'], inFile({ samples: [5] }))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('samples[0]: 5 is no sample'),
    })
    const wrong = inFile({ config: { maxConnections: 0 }, samples: [] })
    expect(await polypool(['advise', 'samples.json'], wrong)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('maxConnections'),
    })
    expect(await polypool(['advise', 'samples.json'], inFile(null))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('samples: '),
    })
  })
})
