import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { polypool, project } from '../command.ts'

const yaml = `processes: 4
pools:
  default: { maxConnections: 40 }
  upstream: { maxConnections: 80, acquireTimeout: 2s, maxPending: 8 }
  app: { maxConnections: 400, acquireTimeout: 5s }
`
const at = ['--upstream', 'http://api.test:8080', '--listen', '127.0.0.1:8081'] as const

function polypoolIn(args: readonly string[], content = yaml) {
  return polypool(args, { cwd: project({ 'polypool.config.yaml': content }) })
}

test.each(['haproxy', 'nginx', 'envoy'])(
  'export %s writes what all processes may have, and what changes as comments',
  async (name) => {
    const { code, stdout, stderr } = await polypoolIn(['export', name, '--pool', 'upstream', ...at])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/max_?conn(ection)?s?[ =:]+80\b/)
    expect(stdout).toContain("can't express, or only in part:\n")
    expect(stdout).toMatch(/^# What changes for those who call through it:\n# - /m)
    expect(stdout).toMatch(/^# This form was (run on|not run)/m)
    const json = JSON.parse((await polypoolIn(['export', name, '--pool', 'upstream', ...at, '--json'])).stdout)
    expect(json).toMatchObject({ dialect: name, pool: 'upstream', config: { maxConnections: 80 }, facts: { open: 80 } })
    expect(stdout).toContain(json.code.trimEnd())
  },
)

test('export istio divides by replicas, and is YAML as a whole', async () => {
  const { code, stdout } = await polypoolIn([
    'export',
    'istio',
    '--pool',
    'upstream',
    '--upstream',
    'http://orders.shop',
    '--replicas',
    '13',
  ])
  expect(code).toBe(0)
  const { kind, spec } = parse(stdout)
  expect([kind, spec.host, spec.trafficPolicy.connectionPool.tcp.maxConnections]).toEqual(['DestinationRule', 'orders.shop', 6])
  expect(stdout).toContain('maxConnections: 80 over 13 replicas is 6 for each, and 2 for none')
})

test('--version is the proxy’s behind a command, and polypool’s before one', async () => {
  expect((await polypoolIn(['export', 'haproxy', ...at, '--version', '3.2'])).stdout).toContain('strict-maxconn')
  expect((await polypoolIn(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('to a library goes the share of one process', async () => {
  expect((await polypoolIn(['export', 'httpx'])).stdout).toContain('max_connections=10')
})

test.each([
  [['export', 'haproxy'], '--upstream: it is missing: write the server'],
  [
    ['export', 'haproxy', '--upstream', 'http://a.test'],
    '--listen: it is missing: write an address and a port, such as 127.0.0.1:8080',
  ],
  [['export', 'nginx', '--upstream', 'http://user:sesame@a.test', '--listen', '[::1]:80'], '--upstream: '],
  [['export', 'nginx', ...at, '--version', '1.0'], '--version: nginx 1.0 lacks what is needed: use 1.19.10 or later'],
  [['export', 'istio', ...at], '--listen: Istio takes what goes to the upstream wherever it is sent: leave it out'],
  [['export', 'envoy', ...at, '--replicas', '0'], '--replicas: "0" is not a whole number above 0'],
  [['export', 'envoy', ...at, '--replicas', '41'], 'maxConnections: 40 over 41 replicas leaves less than one for each'],
  [['export', 'httpx', '--listen', '127.0.0.1:80'], '--listen is for a proxy: haproxy, nginx, envoy, istio'],
  [['export', 'haprozy', ...at], 'there is no dialect "haprozy": did you mean haproxy?'],
  [['check', '--behind', 'haprozy'], '--behind: there is no proxy "haprozy": did you mean haproxy?'],
  [['check', '--holds', 'upstream'], '--holds says something of a proxy: name it with --behind'],
  [['check', '--behind', 'nginx', '--holds', 'upsream'], 'there is no pool "upsream": did you mean upstream?'],
  [['check', '--behind', 'nginx', '--upstream', 'a'], '--upstream: "a" is no URL of http or https'],
])('%j is refused', async (args, message) => {
  const { code, stderr, stdout } = await polypoolIn(args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
  expect(stderr).not.toContain('sesame')
})

describe('check --behind', () => {
  const ids = ['below-the-proxy', 'gives-up-before-the-proxy', 'kept-longer-than-the-proxy']
  async function risks(app: string, ...args: string[]) {
    const content = `pools:\n  upstream: { maxConnections: 80, acquireTimeout: 2s }\n  app: { ${app} }\n`
    const { stdout } = await polypoolIn(
      ['check', '--pool', 'app', '--holds', 'upstream', '--json', '--client', 'undici', ...args],
      content,
    )
    const found = JSON.parse(stdout).risks as { id: string; path: string; why: string; fix: string }[]
    return found.filter(({ id }) => ids.includes(id))
  }

  it('finds a cap below the proxy’s, a wait that ends before its own, and connections that it closes first', async () => {
    const found = await risks('maxConnections: 20, acquireTimeout: 2s, keepAliveExpiry: 1m', '--behind', 'haproxy')
    expect(found.map(({ id, path }) => [id, path])).toEqual([
      ['below-the-proxy', 'maxConnections'],
      ['gives-up-before-the-proxy', 'acquireTimeout'],
      ['kept-longer-than-the-proxy', 'keepAliveExpiry'],
    ])
    expect(found[0]?.fix).toBe('set maxConnections of the processes to 80 or more: HAProxy holds the limit for all')
    expect(found[1]?.why).toBe(
      '2s end before what waits in HAProxy is refused, after 2s: a request is given up that was about to be sent',
    )
  })

  it('finds nothing where the process leaves it to the proxy', async () => {
    expect(await risks('maxConnections: 80, acquireTimeout: 2001ms, keepAliveExpiry: 59s', '--behind', 'haproxy')).toEqual([])
  })

  it('knows what each proxy does: nginx lets nothing wait, and keeps its clients longer', async () => {
    const app = 'maxConnections: 80, acquireTimeout: 1s, keepAliveExpiry: 1m'
    expect(await risks(app, '--behind', 'nginx')).toEqual([])
    expect((await risks(app, '--behind', 'haproxy')).map(({ id }) => id)).toEqual(ids.slice(1))
    expect(await risks(app, '--behind', 'envoy')).toEqual([])
  })

  it('reads the limits of the upstream’s host, and says that shares are in the way', async () => {
    const content = `processes: 2\npools:\n  default: { maxConnections: 90, hosts: { api.test: { maxConnectionsPerHost: 200 } } }\n  own: { maxConnections: 300, hosts: { api.test: { maxConnectionsPerHost: 70 } } }\n`
    const check = async (...args: string[]) =>
      JSON.parse((await polypoolIn(['check', '--pool', 'own', '--behind', 'nginx', '--json', ...args], content)).stdout)
        .risks as { id: string; fix: string }[]
    const of = async (...args: string[]) => (await check(...args)).filter(({ id }) => id === 'below-the-proxy')
    expect(await of('--upstream', 'http://api.test')).toEqual([])
    expect((await of())[0]?.fix).toBe(
      'set maxConnections of the processes to 300 or more, and leave processes out: nginx holds the limit for all',
    )
  })
})
