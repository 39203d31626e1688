import tls from 'node:tls'
import { describe, expect, it, vi } from 'vitest'
import { settling } from '../hostile/support.ts'
import { alice, authority, bob, otherAuthority } from './certificates.ts'
import { type Ask, failureOf, type Identity, serve, serveGenuine, type Wire, wires } from './wire.ts'

const lenient = () => undefined
const strict = (host: string, certificate: tls.PeerCertificate) => tls.checkServerIdentity(host, certificate)

/** Two ways to connect to one server that must not meet on one connection. */
const identities: readonly (readonly [name: string, one: Identity, other: Identity])[] = [
  ['servername', { servername: 'a.test' }, { servername: 'b.test' }],
  ['ca', {}, { ca: [authority, otherAuthority] }],
  ['a client certificate or none', {}, { cert: alice.cert, key: alice.key }],
  ['cert and key', { cert: alice.cert, key: alice.key }, { cert: bob.cert, key: bob.key }],
  [
    'key alone',
    { cert: alice.cert, key: alice.key },
    { cert: alice.cert, key: alice.encryptedKey, passphrase: alice.passphrase },
  ],
  ['pfx', { pfx: alice.pfx, passphrase: alice.pfxPassphrase }, { pfx: bob.pfx, passphrase: bob.pfxPassphrase }],
  [
    'pfx as an object',
    { pfx: [{ buf: alice.pfx, passphrase: alice.pfxPassphrase }] },
    { pfx: [{ buf: bob.pfx, passphrase: bob.pfxPassphrase }] },
  ],
  ['rejectUnauthorized', {}, { rejectUnauthorized: false }],
  ['checkServerIdentity', { checkServerIdentity: strict }, { checkServerIdentity: lenient }],
  [
    'ciphers',
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
  ],
  ['minVersion', {}, { minVersion: 'TLSv1.3' }],
  ['maxVersion', {}, { maxVersion: 'TLSv1.2' }],
  ['ALPN', {}, { ALPNProtocols: ['http/1.1'] }],
  ['curves', {}, { ecdhCurve: 'P-256' }],
  ['signature algorithms', {}, { sigalgs: 'ecdsa_secp256r1_sha256' }],
  ['secureContext', {}, { secureContext: tls.createSecureContext({ ca: authority }) }],
  ['a session to resume', {}, { session: Buffer.from('none of this server') }],
  ['localAddress', {}, { localAddress: '127.0.0.2' }],
]

describe.each(wires)('$name', (wire) => {
  it.each(identities)('two pools on one budget keep connections apart: %s', async (_, one, other) => {
    const server = await serveGenuine()
    const first = wire.open({ maxConnections: 10 }, one)
    const second = wire.open(first.pool, other)
    for (const client of [first, second, first, second]) expect(await client.ask(server.origin)).toMatchObject({ status: 200 })
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 2, 1, 2])
    expect(second.pool.stats().hosts).toEqual(first.pool.stats().hosts)
  })

  it('two pools on one budget keep connections apart even where nothing differs', async () => {
    const server = await serve()
    const first = wire.open({ maxConnections: 10 })
    const second = wire.open(first.pool)
    for (const client of [first, second, first, second]) await client.ask(server.origin)
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 2, 1, 2])
  })

  it('shows each client its own certificate, also when one place goes from hand to hand', async () => {
    const server = await serveGenuine()
    const first = wire.open({ maxConnections: 1 }, { cert: alice.cert, key: alice.key })
    const second = wire.open(first.pool, { cert: bob.cert, key: bob.key })
    const third = wire.open(first.pool)
    await Promise.all(
      Array.from({ length: 12 }, (_, at) => {
        const [client, path] = [
          [first, '/alice'],
          [second, '/bob'],
          [third, '/nobody'],
        ][at % 3] as [typeof first, string]
        return client.ask(server.origin, { path })
      }),
    )
    for (const { url, client } of server.seen) expect(client).toBe(url === '/nobody' ? undefined : url.slice(1))
    expect(server.seen).toHaveLength(12)
  })

  it('a connection is never used for another origin', async () => {
    const servers = await Promise.all([serve(), serve(), serveGenuine()])
    const client = wire.open({ maxConnections: 2 })
    const asked = Array.from({ length: 30 }, (_, at) => [servers[(at * 7) % 3] as (typeof servers)[number], `/${at}`] as const)
    await Promise.all(
      asked.map(([{ origin }, path]) => client.ask(origin, { path, headers: { host: 'shared.test' }, servername: 'a.test' })),
    )
    for (const server of servers) {
      const wanted = asked.filter(([{ origin }]) => origin === server.origin).map(([, path]) => path)
      expect(server.seen.map(({ url }) => url).sort()).toEqual(wanted.sort())
    }
  })

  it('a Host header changes neither where a plain request goes nor its connection', async () => {
    const [server, named] = await Promise.all([serve(), serve()])
    const client = wire.open({})
    for (const host of ['', `localhost:${named.port}`, 'a.test', 'a.test']) {
      await client.ask(server.origin, host === '' ? {} : { headers: { host } })
    }
    expect(server.seen.map(({ connection, headers }) => [connection, headers.host])).toEqual([
      [1, `localhost:${server.port}`],
      [1, `localhost:${named.port}`],
      [1, 'a.test'],
      [1, 'a.test'],
    ])
    expect(named.seen).toEqual([])
  })

  it.each<[string, (name: string) => Ask]>([
    ['servername', (servername) => ({ servername })],
    ['Host header', (host) => ({ headers: { host } })],
  ])('requests under two names by %s have connections of their own, to the same address', async (_, under) => {
    const server = await serveGenuine()
    const client = wire.open({})
    for (const name of ['a.test', 'b.test', 'a.test', 'b.test']) await client.ask(server.origin, under(name))
    expect(server.seen.map(({ connection, servername }) => [connection, servername])).toEqual([
      [1, 'a.test'],
      [2, 'b.test'],
      [1, 'a.test'],
      [2, 'b.test'],
    ])
    // It is verified under that name: here the certificate has none such.
    expect(await failureOf(client.ask(server.origin, under('c.test')))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ open: 2, active: 0 }), settling)
  })

  it.each(['upgrade', 'connect'] as const)('after an %s the socket is its caller’s alone', async (how) => {
    const server = await serve()
    const client = wire.open({ maxConnections: 1 })
    await client.ask(server.origin)
    const socket = await client.leave(server.origin, how)
    socket.on('error', () => {})
    expect(client.pool.stats()).toMatchObject({ open: 0, active: 0, idle: 0 })
    const answers = await Promise.all([client.ask(server.origin), client.ask(server.origin)])
    for (const { status } of answers) expect(status).toBe(200)
    const [, left, ...after] = server.seen
    for (const { connection } of after) expect(connection).not.toBe(left?.connection)
    expect(socket.destroyed).toBe(false)
    socket.destroy()
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ open: 1, idle: 1 }), settling)
  })
})

describe.each(wires.filter(({ perRequest }) => perRequest))('$name, a request with an identity of its own', (wire: Wire) => {
  it.each(identities)('%s', async (_, one, other) => {
    const server = await serveGenuine()
    const client = wire.open({})
    for (const identity of [one, other, one, other])
      expect(await client.ask(server.origin, { identity })).toMatchObject({ status: 200 })
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, 2, 1, 2])
  })

  it('a wrong passphrase does not find the connection of the right one', async () => {
    const server = await serveGenuine()
    const client = wire.open({})
    const identity = (passphrase: string) => ({ identity: { pfx: alice.pfx, passphrase } })
    await client.ask(server.origin, identity(alice.pfxPassphrase))
    await failureOf(client.ask(server.origin, identity('wrong')))
    await client.ask(server.origin)
    expect(server.seen.map(({ client }) => client)).toEqual(['alice', undefined])
  })

  it('no name that the agent keeps connections under tells a secret', async () => {
    const server = await serveGenuine()
    const client = wire.open({})
    const secrets: Identity[] = [
      { cert: alice.cert, key: alice.key },
      { cert: alice.cert, key: alice.encryptedKey, passphrase: alice.passphrase },
      { pfx: bob.pfx, passphrase: bob.pfxPassphrase },
    ]
    for (const identity of secrets) await client.ask(server.origin, { identity })
    const { https: agent } = client.pool.options as { https: { freeSockets: object } }
    const names = Object.keys(agent.freeSockets)
    expect(names).toHaveLength(3)
    for (const secret of [
      alice.key,
      alice.encryptedKey,
      alice.passphrase,
      bob.pfxPassphrase,
      bob.pfx.toString('latin1'),
      String(bob.pfx),
    ]) {
      for (const name of names) expect(name).not.toContain(secret)
    }
  })
})
