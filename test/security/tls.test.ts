import tls from 'node:tls'
import { describe, expect, it, vi } from 'vitest'
import { settling } from '../hostile/support.ts'
import { alice, authority, server as genuine, impostor, otherAuthority, otherServer } from './certificates.ts'
import { failureOf, type Identity, serve, serveGenuine, wires } from './wire.ts'

const lenient: Identity = { checkServerIdentity: () => undefined }
const unverified: Identity = { rejectUnauthorized: false }

/** Servers that must be refused, each under the options of a client that may seem to allow it. */
const refused: readonly (readonly [
  name: string,
  shown: { cert: string; key: string },
  identity: Identity,
  code: string | RegExp,
])[] = [
  ['signed by an authority that is not trusted', impostor, {}, /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET/],
  ['with nobody to trust', genuine, { ca: [] }, /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET/],
  ['for another name', otherServer, {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['for another name, by its servername', genuine, { servername: 'c.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [
    'that the caller’s own check refuses',
    genuine,
    { checkServerIdentity: () => Object.assign(new Error('no'), { code: 'OWN_CHECK' }) },
    'OWN_CHECK',
  ],
  ['of another authority, though its name is not checked', impostor, lenient, /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET/],
]

describe.each(wires)('$name', (wire) => {
  it.each(refused)('refuses a server %s, sends it nothing, and has its place back', async (_, shown, identity, code) => {
    const server = await serve(shown)
    const client = wire.open({ maxConnections: 1 }, identity)
    const failures = await Promise.all(
      [1, 2, 3].map(() => failureOf(client.ask(server.origin, { headers: { authorization: 'secret' } }))),
    )
    for (const failure of failures) expect(failure.code).toMatch(code)
    expect(server.seen).toEqual([])
    await vi.waitFor(
      () => expect(client.pool.stats()).toMatchObject({ open: 0, active: 0, idle: 0, pending: 0, reused: 0 }),
      settling,
    )
  })

  it('a server without TLS is no TLS server', async () => {
    const server = await serve()
    const client = wire.open({ maxConnections: 1 })
    await failureOf(client.ask(server.origin.replace('http:', 'https:')))
    expect(server.seen).toEqual([])
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ open: 0, active: 0 }), settling)
  })

  it.each<[string, { cert: string; key: string }, Identity]>([
    ['without verification', impostor, unverified],
    ['with another idea of names', otherServer, lenient],
  ])('what was connected %s serves nobody who verifies, on one budget', async (_, shown, lax) => {
    const server = await serve(shown)
    const trusting = wire.open({ maxConnections: 1 }, lax)
    const verifying = wire.open(trusting.pool)
    for (let round = 0; round < 2; round++) {
      expect(await trusting.ask(server.origin)).toMatchObject({ status: 200 })
      await failureOf(verifying.ask(server.origin))
    }
    const [allowed, denied] = [trusting.ask(server.origin), failureOf(verifying.ask(server.origin))]
    expect(await allowed).toMatchObject({ status: 200 })
    expect((await denied).code).toMatch(/CERT|VERIFY|SELF_SIGNED/)
    expect(server.seen).toHaveLength(3)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a resumed %s session skips no check', async (maxVersion) => {
    const right = await serve(genuine)
    const client = wire.open({ keepAlive: false }, { maxVersion })
    for (let round = 0; round < 3; round++) await client.ask(right.origin)
    // Without a session that was resumed there would be nothing to skip.
    expect(right.seen.map(({ resumed }) => resumed)).toContain(true)
    // The same name on another port, where a session of the first is offered.
    for (const shown of [impostor, otherServer]) {
      const wrong = await serve(shown)
      await failureOf(client.ask(wrong.origin))
      await failureOf(client.ask(wrong.origin))
      expect(wrong.seen).toEqual([])
    }
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a %s session of a client that does not verify is not resumed by one that does',
    async (maxVersion) => {
      const server = await serve(otherServer)
      const lax = wire.open({ keepAlive: false }, { ...lenient, maxVersion })
      for (let round = 0; round < 3; round++) await lax.ask(server.origin)
      expect(server.seen.map(({ resumed }) => resumed)).toContain(true)
      const strict = wire.open(lax.pool, { maxVersion })
      for (let round = 0; round < 2; round++) {
        expect(await failureOf(strict.ask(server.origin))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
      }
      expect(server.seen).toHaveLength(3)
    },
  )

  it('a certificate that the server demands is the pool’s, or the request fails', async () => {
    const server = await serve(genuine, { rejectUnauthorized: true })
    const bare = wire.open({ maxConnections: 1 }, { maxVersion: 'TLSv1.2' })
    await failureOf(bare.ask(server.origin))
    const known = wire.open(bare.pool, { maxVersion: 'TLSv1.2', cert: alice.cert, key: alice.key })
    expect(await known.ask(server.origin)).toMatchObject({ status: 200 })
    await failureOf(bare.ask(server.origin))
    expect(server.seen.map(({ client }) => client)).toEqual(['alice'])
  })
})

describe.each(wires.filter(({ perRequest }) => perRequest))('$name, by requests of their own identity', (wire) => {
  it.each(refused)('refuses a server %s', async (_, shown, identity, code) => {
    const server = await serve(shown)
    const client = wire.open({ maxConnections: 1 }, { ca: undefined } as Identity)
    const failures = await Promise.all(
      [1, 2].map(() => failureOf(client.ask(server.origin, { identity: { ca: authority, ...identity } }))),
    )
    for (const failure of failures) expect(failure.code).toMatch(code)
    expect(server.seen).toEqual([])
    await vi.waitFor(() => expect(client.pool.stats()).toMatchObject({ open: 0, active: 0 }), settling)
  })

  it.each<[string, { cert: string; key: string }, Identity]>([
    ['rejectUnauthorized: false', impostor, unverified],
    ['a lenient checkServerIdentity', otherServer, lenient],
    ['another ca', impostor, { ca: otherAuthority }],
    ['a secureContext', impostor, { secureContext: tls.createSecureContext({ ca: otherAuthority }) }],
    ['no server name, and no check', otherServer, { servername: '', ...lenient }],
  ])('one with %s lets no other through', async (_, shown, lax) => {
    const server = await serve(shown)
    const client = wire.open({ maxConnections: 1 }, { ca: undefined } as Identity)
    const lenientAsk = { identity: { ca: authority, ...lax } as Identity }
    for (let round = 0; round < 2; round++) {
      expect(await client.ask(server.origin, lenientAsk)).toMatchObject({ status: 200 })
      expect((await failureOf(client.ask(server.origin, { identity: { ca: authority } }))).code).toMatch(
        /CERT|VERIFY|SELF_SIGNED/,
      )
    }
    expect(server.seen).toHaveLength(2)
  })

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a %s session is resumed under its own identity only', async (maxVersion) => {
    const server = await serve(otherServer)
    const client = wire.open({ keepAlive: false }, { ca: authority, maxVersion })
    for (let round = 0; round < 3; round++) await client.ask(server.origin, { identity: unverified })
    expect(server.seen.map(({ resumed }) => resumed)).toContain(true)
    for (const identity of [
      {},
      { rejectUnauthorized: true },
      { checkServerIdentity: () => new Error('refused') },
      { servername: 'b.test' },
    ] satisfies Identity[]) {
      await failureOf(client.ask(server.origin, { identity }))
    }
    expect(server.seen).toHaveLength(3)
  })

  it('a session that one request brings and resumes with verifies nothing for the next', async () => {
    const server = await serve(otherServer)
    const session = await new Promise<Buffer>((resolve) => {
      const socket = tls.connect({ port: server.port, ca: authority, maxVersion: 'TLSv1.2', ...lenient } as tls.ConnectionOptions)
      socket.once('session', (made: Buffer) => {
        resolve(made)
        socket.destroy()
      })
    })
    const client = wire.open({}, { ca: authority, maxVersion: 'TLSv1.2' })
    // Node checks no names on a session that is resumed: whoever brings one has answered for it.
    expect(await client.ask(server.origin, { identity: { session } })).toMatchObject({ status: 200 })
    expect(await failureOf(client.ask(server.origin))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  })

  it('counts a server that is refused after it was trusted', async () => {
    const server = await serveGenuine()
    const client = wire.open({ maxConnections: 1 })
    await client.ask(server.origin)
    const { https: agent } = client.pool.options as { https: { options: tls.ConnectionOptions } }
    // As when a program replaces its trust at run time: what is connected under the old one is not used again.
    agent.options.ca = otherAuthority
    await failureOf(client.ask(server.origin))
    expect(server.seen).toHaveLength(1)
  })
})
