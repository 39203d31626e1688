import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePoolConfig } from '../../../src/config/parse.ts'
import { hasUnixShell } from '../../../test/platform.ts'
import { sizeFor } from '../../src/commands/size/sizing.ts'
import { bin, polypool } from '../command.ts'

const pool = async (...args: string[]) => {
  const { code, stdout } = await polypool(['size', ...args, '--json'])
  expect(code).toBe(0)
  return JSON.parse(stdout).pool
}

describe('size', () => {
  it("multiplies by Little's law and adds 20 %", async () => {
    expect(await pool('--rps', '400', '--latency', '50ms')).toEqual({
      maxConnections: 24,
      acquireTimeout: '500ms',
      maxPending: 240,
    })
  })

  it('divides by instances', async () => {
    expect(await pool('--rps', '4000', '--latency', '0.05s', '--p99', '400ms', '--instances', '8')).toEqual({
      maxConnections: 30,
      acquireTimeout: '800ms',
      maxPending: 480,
    })
  })

  it('keeps as many connections ready as requests come while one is made', async () => {
    const load = ['--rps', '40', '--latency', '50ms'] as const
    expect(await pool(...load)).not.toHaveProperty('minIdleConnectionsPerHost')
    expect(await pool(...load, '--connect', '15ms')).toMatchObject({ maxConnections: 3, minIdleConnectionsPerHost: 1 })
    expect(await pool(...load, '--connect', '60ms')).toMatchObject({ maxConnections: 3, minIdleConnectionsPerHost: 3 })
    // No more than there may be.
    expect(await pool(...load, '--connect', '1s')).toMatchObject({ maxConnections: 3, minIdleConnectionsPerHost: 3 })
    expect(await pool('--rps', '400', '--latency', '50ms', '--connect', '20ms', '--instances', '4')).toMatchObject({
      maxConnections: 6,
      minIdleConnectionsPerHost: 2,
    })
    const { code, stderr } = await polypool(['size', '--concurrency', '4', '--connect', '20ms'])
    expect(code).toBe(2)
    expect(stderr).toContain('--connect says how many requests come while one connection is made: give --rps and --latency')
  })

  it('takes concurrency as it is, and says nothing of time then', async () => {
    expect(await pool('--concurrency', '40')).toEqual({ maxConnections: 48 })
    // 10 × 1.2 is 12.000000000000002 in floating point.
    expect(await pool('--concurrency', '10')).toEqual({ maxConnections: 12 })
    expect(await pool('--concurrency', '1', '--instances', '50')).toEqual({ maxConnections: 1 })
  })

  it('explains each number', async () => {
    const { code, stdout } = await polypool(['size', '--rps', '4000', '--latency', '50ms', '--p99', '400ms', '--instances', '8'])
    expect(code).toBe(0)
    expect(stdout).toContain('4000/s × 50ms = 200')
    expect(stdout).toContain('200 ÷ 8 = 25')
    expect(stdout).toContain('25 × 1.2 = 30, so 30: 25 % of the requests wait')
    expect(stdout).toContain('25 + 2 × √25 = 35, so 35: 4 % of the requests wait')
    expect(stdout).toContain('set maxConnections: 35')
    expect(stdout).toContain('240 connections (30 × 8 instances)')
    expect(stdout).toMatch(/maxPending +480 {2}30 connections at 50ms a request serve no more than this within 800ms/)
    expect(stdout).toContain('30 then serve 600 of 4000 requests a second')
    expect(stdout).toContain('  default:\n    maxConnections: 30\n    acquireTimeout: 800ms\n    maxPending: 480\n')
  })

  it('gives both numbers of connections as JSON, with the share that waits', async () => {
    const { stdout } = await polypool(['size', '--rps', '100', '--latency', '50ms', '--json'])
    expect(JSON.parse(stdout).headroom).toEqual([
      { rule: 'in flight + 20 %', maxConnections: 6, waiting: expect.closeTo(0.5875, 4) },
      { rule: 'in flight + 2 × its square root', maxConnections: 10, waiting: expect.closeTo(0.0361, 4) },
    ])
  })

  it('says where few connections make steady traffic wait longer than usual', async () => {
    const { stdout } = await polypool(['size', '--rps', '16', '--latency', '50ms'])
    expect(stdout).toMatch(/acquireTimeout +2\.5s {2}of steady traffic one request in 10,000 waits longer than 2\.247s/)
    expect(stdout).toMatch(/maxPending +50 {2}1 connection at 50ms a request serves no more/)
  })

  it('asks back where the mean lies above the p99', async () => {
    const { stdout } = await polypool(['size', '--rps', '5', '--latency', '300ms', '--p99', '50ms'])
    expect(stdout).toContain('The mean of 300ms lies above the p99 of 50ms')
  })

  it('warns when connections fall idle between requests', async () => {
    const { stdout } = await polypool(['size', '--rps', '0.5', '--latency', '4s'])
    expect(stdout).toContain("longer than keepAliveExpiry's default of 4s")
  })

  it.skipIf(!hasUnixShell)('warns against the limit of descriptors that a shell set, with exit code 1', () => {
    const run = (command: string) =>
      spawnSync('sh', ['-c', `ulimit -n 256; exec "${process.execPath}" "${bin}" size ${command}`], { encoding: 'utf8' })
    const { status, stdout } = run('--concurrency 200')
    expect(stdout).toContain(
      'warning: 240 connections and what else a process opens need more descriptors than one may have here (ulimit -n is 256)',
    )
    expect(status).toBe(1)
    expect(run('--concurrency 100').status).toBe(0)
    expect(JSON.parse(run('--concurrency 200 --json').stdout)).toMatchObject({
      descriptorLimit: 256,
      warnings: [expect.any(String)],
    })
  })

  it.each([
    [[], 'the load is missing: use --concurrency <n>, or --rps <n> with --latency <time>'],
    [['--rps', '5'], '--latency is missing'],
    [['--latency', '5s'], '--rps is missing'],
    [['--rps', '5', '--latency', '50'], '--latency: 50 has no unit: write 50ms or 50s'],
    [['--rps', '5', '--latency', '50 ms'], '--latency: "50 ms" is not a duration: write "50ms"'],
    [['--rps', '5', '--latency', '0ms'], '--latency: 0 is no time'],
    [
      ['--rps', '5', '--latency', '10ms', '--p99', '2s'],
      "--latency 10ms and --p99 2s can't both be: one request in a hundred that takes 2s makes a mean of 20ms by itself. Give the mean of all requests, slow ones included, as --latency, or a --p99 of at most 1s",
    ],
    [['--rps', '5', '--latency', '1ms', '--p99', '101ms'], 'a --p99 of at most 100ms'],
    [['--rps', '-5', '--latency', '1s'], '--rps: "-5" is not a number above 0'],
    [['--rps', '1e9', '--latency', '1s'], '--rps: "1e9" is not a number above 0'],
    [['--concurrency', '0'], '--concurrency: "0" is not a number above 0'],
    [['--concurrency', '3', '--rps', '5'], 'use one or the other'],
    [['--concurrency', '3', '--instances', '1.5'], '--instances: "1.5" is not a whole number above 0'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await polypool(['size', ...args])
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  it('always gives a config that is valid and large enough', () => {
    const load = fc.record({
      rps: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      latency: fc.integer({ min: 1, max: 60_000 }),
      p99: fc.option(fc.integer({ min: 1, max: 120_000 }), { nil: undefined }),
      instances: fc.integer({ min: 1, max: 1000 }),
    })
    fc.assert(
      fc.property(load, ({ p99, ...rest }) => {
        const { recommendations, headroom } = sizeFor(p99 === undefined ? rest : { ...rest, p99 })
        const { config } = parsePoolConfig(Object.fromEntries(recommendations.map(({ field, value }) => [field, value])))
        const inFlight = (rest.rps * rest.latency) / 1000 / rest.instances
        expect(config.maxConnections).toBeGreaterThanOrEqual(inFlight * 1.19)
        expect(config.maxConnections).toBeLessThanOrEqual(inFlight * 1.2 + 1)
        for (const { waiting, maxConnections } of headroom) {
          expect(maxConnections).toBeGreaterThan(inFlight)
          expect(waiting).toBeGreaterThanOrEqual(0)
          expect(waiting).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
