import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fieldNames } from '../../../src/config/fields.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { reverseProxies } from '../../../src/dialects/index.ts'
import type { Placement } from '../../../src/dialects/placement.ts'
import type { ReverseProxy } from '../../../src/dialects/reverse-proxy.ts'
import { isBefore } from '../../../src/dialects/versions.ts'
import { findProgram, folderFor } from '../../programs.ts'
import { anyConfig } from '../arbitraries.ts'
import { nginxConfig } from './fleet.ts'
import { envoyProblems, istioProblems } from './schemas.ts'

const all = Object.values<ReverseProxy>(reverseProxies)
const upstream = 'http://127.0.0.1:8080'

function place({ support }: ReverseProxy, more: Partial<Placement> = {}): Placement {
  return { upstream, ...(support.listens ? { listen: '127.0.0.1:8081' } : {}), ...more }
}

describe.each(all)('$name', (proxy) => {
  const { support } = proxy
  const write = (config: PoolConfig, more: Partial<Placement> = {}) => proxy.write(config, place(proxy, more))

  it('declares every field, and has a reason for what it does not hold', () => {
    expect(support.proxy).toBe(proxy.name)
    for (const field of fieldNames) {
      const { support: how, keywords, message } = support.fields[field]
      expect(keywords.length === 0, field).toBe(how === 'unsupported')
      if (how !== 'native') expect(message.length, field).toBeGreaterThan(10)
    }
    expect(isBefore(support.versions.usual, support.versions.oldest)).toBe(false)
    expect(support.changes.length * support.refusals.length).toBeGreaterThan(0)
  })

  it('has a note for what is lost of a config, and none for what it says natively', () => {
    const config: PoolConfig = {
      maxConnections: 12,
      maxLifetime: '5m',
      maxIdleConnections: 4,
      hosts: { 'other.test': { keepAlive: false } },
    }
    const noted = new Map(write(config).notes.map(({ field, support: how }) => [field, how]))
    for (const field of ['maxConnections', 'maxLifetime', 'maxIdleConnections', 'acquireTimeout', 'hosts'] as const) {
      const { support: how } = support.fields[field]
      expect(noted.get(field), field).toBe(how === 'native' ? undefined : how)
    }
    expect(noted.get('proxy')).toBeUndefined()
    expect(noted.get('block')).toBe(support.waits ? undefined : 'unsupported')
    expect(write({ hosts: { '127.0.0.1:8080': { keepAlive: false } } }).notes.map(({ field }) => field)).not.toContain('hosts')
  })

  it('takes the limits of the upstream’s host, and the lower of both', () => {
    const limits = { maxConnections: 40, maxConnectionsPerHost: 30, hosts: { '127.0.0.1:8080': { maxConnectionsPerHost: 7 } } }
    expect(write(limits).facts.open).toBe(7)
    expect(write(limits, { upstream: 'http://10.0.0.1' }).facts.open).toBe(30)
    expect(write({ ...limits, maxConnections: 5 }).facts.open).toBe(5)
    expect(write({ maxConnections: 5, maxOverflow: 2 }).facts.open).toBe(7)
    // Who never waits has no limit on what is open.
    expect(write({ maxConnections: 5, block: false }).facts.open).toBe(Number.POSITIVE_INFINITY)
    expect(write({ maxConnections: 5, block: false, maxOverflow: 0 }).facts).toMatchObject({ open: 5, wait: 0 })
  })

  it('gives each of several its part, and says what is left over', () => {
    const { code, notes, facts } = write({ maxConnections: 12345 }, { replicas: 10 })
    expect(code).toContain('1234')
    expect(code).not.toContain('12345')
    expect(facts.open).toBe(12340)
    expect(notes[0]?.message).toBe('maxConnections: 12345 over 10 replicas is 1234 for each, and 5 for none')
    expect(() => write({ maxConnectionsPerHost: 3 }, { replicas: 4 })).toThrow(
      'maxConnectionsPerHost: 3 over 4 replicas leaves less than one for each: set it to 4 or more, or use fewer replicas',
    )
  })

  it.each<[Partial<Record<keyof Placement, unknown>>, RegExp]>([
    [{ upstream: '' }, /^upstream: it is missing: write the server's URL/],
    [{ upstream: 'api.example.com' }, /^upstream: "api\.example\.com" is no URL of http or https/],
    [{ upstream: 'http://user:sesame@api.test' }, /^upstream: .* has credentials/],
    [{ upstream: 'http://api.test/v1' }, /^upstream: .* has a path: .* write http:\/\/api\.test$/],
    [{ upstream: 'http://api.test:99999' }, /^upstream: .* is no URL/],
    [{ upstream: 'http://a.test\n}' }, /^upstream: .* is no URL/],
    [{ upstream: 'http://*.test' }, /^upstream: /],
    [{ upstream: 'https://10.0.0.1' }, /^upstream: .* is https at an address: write the name/],
    [{ version: 'newest' }, /^version: "newest" is no version of/],
    [{ version: '0.9' }, /^version: .* 0\.9 lacks what is needed: use .* or later/],
    [{ replicas: 0 }, /^replicas: 0 is no number of processes: use a positive integer/],
    [{ replicas: '3' }, /^replicas: "3" is a string/],
  ])('refuses %j', (wrong, message) => {
    expect(() => write({}, wrong as Partial<Placement>)).toThrow(message)
    expect(() => write({}, wrong as Partial<Placement>)).not.toThrow(/sesame/)
  })

  it.each(
    support.listens
      ? ['8080', 'localhost', ':80', '127.0.0.1:0', '127.0.0.1:70000', '1.2.3:80', '[::g]:80', '::1:80', 'a b:80', 5, undefined]
      : [],
  )('refuses to listen on %j', (listen) => {
    expect(() => write({}, { listen: listen as string })).toThrow(/^listen: .*(write an address and a port|use 1 to 65535)/)
  })

  it.each(support.listens ? [] : ['127.0.0.1:80'])('has nothing to listen on: %s', (listen) => {
    expect(() => write({}, { listen })).toThrow(/^listen: .* leave it out$/)
  })

  it('writes nothing that is no text, whatever the config', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { code, facts } = write(config)
        expect(code).not.toMatch(/undefined|NaN|Infinity|null|\[object/)
        expect(facts.open).toBeGreaterThan(0)
        if (proxy.name === 'envoy') expect(envoyProblems(code)).toEqual([])
        if (proxy.name === 'istio') expect(istioProblems(code)).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

test.each([
  {},
  { http2: true },
  { http2: 'only', pingInterval: false },
  { keepAlive: false, tcpKeepAlive: false, dnsCacheTtl: '5s' },
] as const)('Envoy and Istio: what is written for https is in their schemas, with %j', (config) => {
  const [envoy, istio] = [reverseProxies.envoy, reverseProxies.istio]
  const secure = { upstream: 'https://api.example.com' }
  expect(envoyProblems(envoy.write(config, place(envoy, secure)).code)).toEqual([])
  expect(istioProblems(istio.write(config, secure).code)).toEqual([])
})

test('what the schemas do not know is told', () => {
  const { code } = reverseProxies.envoy.write({}, place(reverseProxies.envoy))
  expect(envoyProblems(code.replace('max_pending_requests', 'max_waiting'))).toEqual([
    expect.stringContaining('Thresholds has no max_waiting'),
  ])
  expect(envoyProblems(code.replace('connect_timeout: 10s', 'connect_timeout: 10'))).toEqual([
    expect.stringContaining('is no google.protobuf.Duration'),
  ])
  const rule = reverseProxies.istio.write({}, { upstream }).code
  const strange = [
    [/maxConnections/, 'maxSockets', 'must NOT have additional properties'],
    [/maxConnections: .*/, 'maxConnections: 2147483648', 'must match format "int32"'],
    [/idleTimeout: .*/, 'idleTimeout: 5', 'must be string'],
    [/host: .*/, '', "must have required property 'host'"],
  ] as const
  for (const [from, to, problem] of strange) {
    const told = ['1.22.0', '1.30.3'].map((version) => expect.stringMatching(`^${version}: .*${problem}$`))
    expect(istioProblems(rule.replace(from, to))).toEqual(told)
  }
  expect(istioProblems(rule.replace(/idleTimeout: .*/, 'idleTimeout: 0s'))).toEqual([
    expect.stringContaining('1.30.3: /spec/trafficPolicy/connectionPool/http/idleTimeout'),
  ])
})

const configs: { readonly [name: string]: PoolConfig } = {
  defaults: {},
  limits: {
    maxConnections: 20,
    maxIdleConnections: 3,
    maxPending: 10,
    acquireTimeout: 1,
    connectTimeout: '1500ms',
    keepAliveExpiry: 3,
  },
  unlimited: {
    maxConnections: 'unlimited',
    keepAliveExpiry: 'unlimited',
    acquireTimeout: 'unlimited',
    connectTimeout: 'unlimited',
    retryStale: false,
    tcpKeepAlive: false,
  },
  refusing: { maxConnections: 4, block: false, maxOverflow: 0, keepAlive: false },
  overflowing: { maxConnections: 4, maxOverflow: 3, maxPending: 0, maxLifetime: '1h', maxRequestsPerConnection: 9 },
}
const places: readonly Placement[] = [
  { upstream, listen: '127.0.0.1:8081' },
  { upstream: 'http://[::1]:8080', listen: '[::1]:8081' },
  { upstream: 'https://localhost', listen: '*:8081' },
]
const cases = Object.keys(configs).flatMap((name) => places.map((at) => [name, at.upstream, at] as const))

/** The program's own check of a config file, which it need not run for. */
function checked(program: string, file: string, name: string, text: string, args: readonly string[]): string {
  const folder = folderFor(program)
  writeFileSync(path.join(folder, name), text)
  const { status, stderr } = spawnSync(file, [...args, path.join(folder, name)], { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return status === 0 ? stderr : `${stderr}\n${text}`
}

const haproxy = findProgram('haproxy')
describe.runIf(haproxy)('haproxy -c', () => {
  it.each(cases)('takes %s for %s', (name, _, at) => {
    const { code } = reverseProxies.haproxy.write(configs[name] ?? {}, at)
    expect(checked('haproxy', haproxy ?? '', 'haproxy.cfg', code, ['-c', '-q', '-f'])).not.toMatch(/ALERT|WARNING/)
  })
})

const nginx = findProgram('nginx')
describe.runIf(nginx)('nginx -t', () => {
  it.each(cases)('takes %s for %s', (name, _, at) => {
    const { code } = reverseProxies.nginx.write(configs[name] ?? {}, at)
    expect(checked('nginx', nginx ?? '', 'nginx.conf', nginxConfig(code, 1), ['-t', '-e', 'stderr', '-p', '.', '-c'])).toMatch(
      /test is successful/,
    )
  })
})

test('versions: what is newer is written for the newer alone', () => {
  const write = (version: string) => reverseProxies.haproxy.write({}, { ...place(reverseProxies.haproxy), version }).code
  expect(write('3.2')).toContain('strict-maxconn')
  expect(write('3.1.9')).not.toContain('strict-maxconn')
})
