import http from 'node:http'
import https from 'node:https'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Identities, nameable, unnamedIdentity } from '../../src/engines/node-agent/identity.ts'
import type { NativeAgent, PooledRequest, RequestOptions } from '../../src/engines/node-agent/native.ts'
import { draws, share } from '../draws.ts'
import { alice, authority, bob, otherAuthority } from './certificates.ts'

const checks = [() => undefined, () => undefined]
const contexts = [{}, {}]

/** Values that differ, by option, among them spellings that would meet if their texts were only put one behind another. */
const options: { readonly [option: string]: readonly unknown[] } = {
  host: ['a.test', 'b.test', '127.0.0.1'],
  port: [443, 8443, 80],
  localAddress: ['127.0.0.1', '127.0.0.2'],
  family: [4, 6],
  socketPath: ['a.sock', 'b.sock'],
  servername: ['a.test', 'b.test', ''],
  rejectUnauthorized: [true, false],
  ca: [authority, otherAuthority, [authority, otherAuthority], [otherAuthority, authority], Buffer.from(authority)],
  cert: [alice.cert, bob.cert, [alice.cert, bob.cert]],
  key: [alice.key, bob.key, [alice.key, bob.key], [{ pem: alice.key }], [{ pem: alice.key, passphrase: 'x' }]],
  pfx: [alice.pfx, bob.pfx, [{ buf: alice.pfx, passphrase: 'a' }], [{ buf: alice.pfx, passphrase: 'b' }]],
  passphrase: ['a', 'b'],
  ciphers: ['A:B', 'A', 'B', 'A:B:C'],
  minVersion: ['TLSv1.2', 'TLSv1.3'],
  maxVersion: ['TLSv1.2', 'TLSv1.3'],
  secureOptions: [1, 2],
  secureContext: contexts,
  checkServerIdentity: checks,
  ALPNProtocols: [['http/1.1'], ['h2'], ['http/1.1', 'h2'], ['http/1.1,h2']],
  sigalgs: ['X', 'X:Y'],
  ecdhCurve: ['P', 'P:Q'],
  crl: ['one', 'two'],
  session: [Buffer.from('one'), Buffer.from('two')],
  dhparam: ['one', 'two'],
  minDHSize: [1024, 2048],
  sessionIdContext: ['one', 'two'],
}

const identity = fc
  .tuple(
    ...Object.entries(options).map(([name, values]) =>
      fc.option(fc.constantFrom(...values), { freq: 3, nil: undefined }).map((value) => [name, value] as const),
    ),
  )
  .map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as RequestOptions)

/** Another identity, which differs from the first in as little as can be. */
const neighbours = fc.tuple(identity, fc.constantFrom(...Object.keys(options)), fc.nat()).map(([one, name, at]) => {
  const values = [undefined, ...(options[name] ?? [])]
  const other = { ...one, [name]: values[at % values.length] }
  if (other[name] === undefined) delete other[name]
  return [one, other, name] as const
})

class NamedAgent extends https.Agent {
  override getName(given: RequestOptions): string {
    return super.getName(nameable(given) as https.RequestOptions) + unnamedIdentity(given)
  }
}

const request = { getHeader: () => undefined } as unknown as PooledRequest

/** What two requests must share to share a connection; node itself tells the rest. */
function told(given: RequestOptions): string {
  const { host = 'localhost', servername, port = 443 } = given
  const text = (value: unknown): string => {
    if (Buffer.isBuffer(value)) return value.toString('latin1')
    if (Array.isArray(value)) return JSON.stringify(value.map(text))
    if (value === contexts[0] || value === checks[0]) return 'first'
    if (value === contexts[1] || value === checks[1]) return 'second'
    return typeof value === 'object' && value !== null
      ? JSON.stringify(Object.entries(value).map(([name, one]) => [name, text(one)]))
      : String(value)
  }
  const shown = Object.keys(options)
    .filter((name) => name !== 'servername' && name !== 'port')
    .map((name) => [name, given[name] === undefined ? null : text(given[name])])
  return JSON.stringify([...shown, ['servername', servername ?? host], ['port', port]])
}

it('requests of https share a lane exactly if nothing that TLS or the way there knows differs', () => {
  const agent = new NamedAgent({ keepAlive: true }) as unknown as NativeAgent
  const identities = new Identities(agent)
  const key = (given: RequestOptions) => identities.laneKey(request, { ...given })
  let different = 0
  fc.assert(
    fc.property(neighbours, ([one, other, name]) => {
      expect(key(one)).toBe(key(one))
      if (told(one) === told(other)) return
      different++
      expect(key(one), name).not.toBe(key(other))
    }),
    { numRuns: draws(4000) },
  )
  expect(different).toBeGreaterThan(1000 * share)
})

it('values that join into the same text are told apart', () => {
  const identities = new Identities(new NamedAgent() as unknown as NativeAgent)
  const keyOf = (given: RequestOptions) => identities.laneKey(request, given)
  expect(keyOf({ key: 'k|', pfx: 'f' })).not.toBe(keyOf({ key: 'k', pfx: '|f' }))
  expect(keyOf({ key: ['a,b'] })).not.toBe(keyOf({ key: ['a', 'b'] }))
  expect(keyOf({ minDHSize: 1024 })).not.toBe(keyOf({ minDHSize: '1024' as never }))
})

it.each(['ca', 'cert', 'crl'])('names of connections tell apart lists of %s that join into the same text', (option) => {
  const nameOf = (value: unknown) => new NamedAgent().getName({ [option]: value })
  expect(nameOf(['a,b'])).not.toBe(nameOf(['a', 'b']))
  expect(nameOf(['a'])).not.toBe(nameOf('a'))
})

it('equal values share a lane, whichever objects hold them', () => {
  const identities = new Identities(new NamedAgent() as unknown as NativeAgent)
  const given = (): RequestOptions => ({
    key: Buffer.from(alice.key),
    cert: `${alice.cert}`,
    passphrase: ['hunter', 2].join(''),
    ALPNProtocols: ['http/1.1'],
  })
  expect(identities.laneKey(request, given())).toBe(identities.laneKey(request, given()))
})

it('however many identities there are, few of their texts are kept', () => {
  const identities = new Identities(new NamedAgent() as unknown as NativeAgent)
  const keyOf = (passphrase: string) => identities.laneKey(request, { passphrase })
  const first = keyOf('first')
  for (let i = 0; i < 999; i++) keyOf(`other ${i}`)
  expect(keyOf('first')).toBe(first)
  for (let i = 0; i < 1000; i++) keyOf(`another ${i}`)
  // Forgotten, so it gets a new name: its connections are not shared any more, which is safe.
  expect(keyOf('first')).not.toBe(first)
})

it('plain requests share a lane exactly if host, port, path and own address are the same', () => {
  const identities = new Identities(new http.Agent() as unknown as NativeAgent)
  const way = ['host', 'port', 'localAddress', 'family', 'socketPath']
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const same = way.every((name) => one[name] === other[name])
      const [here, there] = [one, other].map((given) => told({ ...pick(given, way), port: given.port ?? 80 }))
      const keys = [one, other].map((given) => identities.laneKey(request, given))
      if (same) expect(keys[0]).toBe(keys[1])
      else if (here !== there) expect(keys[0]).not.toBe(keys[1])
    }),
    { numRuns: draws(2000) },
  )
})

function pick(given: RequestOptions, names: readonly string[]): RequestOptions {
  return Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])))
}

it('no key tells a secret', () => {
  const identities = new Identities(new NamedAgent() as unknown as NativeAgent)
  const key = identities.laneKey(request, { key: alice.key, pfx: bob.pfx, passphrase: 'hunter2' })
  for (const secret of [alice.key, bob.pfx.toString('latin1'), 'hunter2']) expect(key).not.toContain(secret)
})
