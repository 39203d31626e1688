import { describe, expect, it } from 'vitest'
import { polypool, project } from '../command.ts'

const yaml = `processes: 12
pools:
  default: { maxConnections: 250, hosts: { api.test: { maxConnectionsPerHost: 24 } } }
  payments: { maxConnectionsPerHost: 60, block: false }
`

const cwd = () => project({ 'polypool.config.yaml': yaml })

async function checked(args: readonly string[], content = yaml) {
  const { code, stdout, stderr } = await polypool(['check', '--json', '--client', 'undici', ...args], {
    cwd: project({ 'polypool.config.yaml': content }),
  })
  expect(stderr).toBe('')
  const { processes, pools, risks } = JSON.parse(stdout)
  return {
    code,
    processes,
    pools,
    risks: (risks as { id: string; path: string; why: string }[]).filter(({ id }) => id === 'more-processes'),
  }
}

describe('what servers see of all processes', () => {
  it('is a share times the processes of the config, where the command line says nothing', async () => {
    const { processes, pools, risks } = await checked([])
    expect(processes).toEqual({ configured: 12, running: 12, rolling: 12 })
    expect(pools.default.seen).toEqual([
      { what: 'all hosts together', path: 'maxConnections', each: 20, total: 240, rolling: 240 },
      { what: 'one host', path: 'maxConnectionsPerHost', each: 20, total: 240, rolling: 240 },
      { what: 'api.test', path: 'hosts["api.test"].maxConnectionsPerHost', each: 2, total: 24, rolling: 24 },
    ])
    // What overflows is seen, too: JSON has no word for unlimited.
    expect(pools.payments.seen[1]).toMatchObject({ what: 'one host', each: 'unlimited', total: 'unlimited' })
    expect(risks).toEqual([])
    const single = await checked([], 'pools: { default: {} }')
    expect(single.pools.default.seen).toEqual([])
    expect(single.processes).toEqual({ configured: 1, running: null, rolling: null })
  })

  it.each([
    [['--replicas', '3', '--workers', '4'], 12, 16],
    [['--replicas', '10'], 10, 13],
    [['--replicas', '10', '--surge', '0'], 10, 10],
    [['--replicas', '10', '--surge', '2'], 10, 12],
    [['--replicas', '10', '--surge', '100%'], 10, 20],
    [['--workers', '4'], 4, 4],
  ])('%j: %d, and %d in a rolling update', async (args, running, rolling) => {
    const { processes, pools } = await checked(args, 'pools: { default: { maxConnections: 7 } }')
    expect(processes).toEqual({ configured: 1, running, rolling })
    expect(pools.default.seen[0]).toMatchObject({ each: 7, total: 7 * running, rolling: 7 * rolling })
  })

  it('is a risk where it is more than the limits were divided for', async () => {
    const outgrown = async (...args: string[]) => (await checked(args)).risks.map(({ path, why }) => `${path}: ${why}`)
    expect(await outgrown('--replicas', '12', '--surge', '0')).toEqual([])
    expect(await outgrown('--replicas', '12')).toEqual([
      'maxConnections: 250 are divided by processes: 12, but 15 processes run during a rolling update: together they may have 300',
      'maxConnectionsPerHost: 60 are divided by processes: 12, but 15 processes run during a rolling update: together they may have 75',
    ])
    expect((await outgrown('--replicas', '20'))[0]).toBe(
      'maxConnections: 250 are divided by processes: 12, but 20 processes run, and 25 during a rolling update: together they may have 500',
    )
    // One more finds room in the remainder of 30 ÷ 12.
    const roomy = 'processes: 12\npools: { default: { maxConnections: 30 } }'
    expect((await checked(['--replicas', '13', '--surge', '0'], roomy)).risks).toEqual([])
    expect((await checked(['--replicas', '16', '--surge', '0'], roomy)).risks).toHaveLength(1)
  })

  it('is in the way of a fleet', async () => {
    const risky = async (own: string) => {
      const content = `processes: 4\npools: { default: { ${own}, fleet: { maxConnections: 40, maxMembers: 4 } } }`
      const { stdout } = await polypool(['check', '--json', '--client', 'undici'], {
        cwd: project({ 'polypool.config.yaml': content }),
      })
      const { risks } = JSON.parse(stdout) as { risks: { id: string; why: string }[] }
      return risks.filter(({ id }) => id === 'divided-fleet').map(({ why }) => why)
    }
    expect(await risky('maxConnections: 40')).toEqual([
      'processes: 4 leaves this process 10 of 40 connections, so that it can never lease more from its fleet',
    ])
    expect(await risky('maxConnections: unlimited')).toEqual([])
  })

  it('stands in the tables of check and explain, and in the notes of size', async () => {
    const args = ['--replicas', '3', '--workers', '4']
    const check = (await polypool(['check', ...args], { cwd: cwd() })).stdout
    expect(check).toMatch(/^maxConnections +20 +polypool\.config\.yaml:3:\d+, 250 ÷ 12 and 10 left over$/m)
    expect(check).toMatch(/of 12 processes \(3 replicas × 4 workers\) +in a rolling update \(1 replica more\)$/m)
    expect(check).toMatch(/^api\.test +2 +24 +32$/m)
    const explain = (await polypool(['explain', 'undici', ...args], { cwd: cwd() })).stdout
    expect(explain).toMatch(/^all hosts together +20 +240 +320$/m)
    expect(explain).toContain('up to twice the replicas are connected')
    const size = (await polypool(['size', '--rps', '4000', '--latency', '50ms', ...args])).stdout
    expect(size).toContain('200 ÷ 12 = 16.67')
    expect(size).toContain('In a rolling update there are 16 instances: up to 320 connections.')
    expect((await polypool(['size', '--concurrency', '40', '--workers', '4'])).stdout).not.toContain('rolling')
  })

  it.each([
    [['check', '--surge', '1'], '--surge is of replicas: give --replicas with it'],
    [['check', '--workers', '2', '--surge', '1'], '--surge is of replicas: give --replicas with it'],
    [['check', '--replicas', '2', '--surge', '101%'], '--surge: "101%" is no number of replicas: write a number'],
    [['explain', 'got', '--replicas', '0'], '--replicas: "0" is not a whole number above 0'],
    [['explain', 'got', '--workers', '1.5'], '--workers: "1.5" is not a whole number above 0'],
    [['check', '--replicas', '9007199254740991', '--workers', '9'], '--replicas times --workers is more than can be counted'],
    [['size', '--concurrency', '4', '--instances', '2', '--replicas', '2'], '--instances already says what --replicas'],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await polypool(args, { cwd: cwd() })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
