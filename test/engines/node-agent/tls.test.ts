import { once } from 'node:events'
import type https from 'node:https'
import net from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import {
  cleanup,
  errorOf,
  get,
  listen,
  type Opened,
  open,
  probeCertificate,
  probeKey,
  type SendOptions,
  send,
  until,
  variants,
} from './support.ts'

const secure = variants.filter(({ scheme }) => scheme === 'https')

/** Says on which connection and under which server name a request came. */
const listenNames = () =>
  listen('https', (request, response) => {
    const socket = request.socket as TLSSocket & { servername?: string | false }
    response.end(`${socket.remotePort} ${socket.servername || '-'}`)
  })

const connectionOf = async (opened: Opened, options: https.RequestOptions) => (await get(opened, options)).body.split(' ')[0]

describe.each(secure)('$name', (variant) => {
  it('keeps TLS identities apart, under one limit for their origin', async () => {
    const { port, accepted } = await listenNames()
    const opened = open(variant, { maxConnectionsPerHost: 100, keepAliveExpiry: '1h' }, { ca: undefined })
    const context = tls.createSecureContext({ ca: probeCertificate })
    const identities: SendOptions[] = [
      {},
      { servername: 'a.probe.test' },
      { servername: 'b.probe.test' },
      { headers: { Host: 'c.probe.test' } },
      { headers: { Host: 'd.probe.test:8443' } },
      { rejectUnauthorized: false },
      { ca: `${probeCertificate}\n` },
      { cert: probeCertificate, key: probeKey },
      { key: [{ pem: probeKey }], cert: probeCertificate },
      { key: [{ pem: `${probeKey}\n` }], cert: probeCertificate },
      { minVersion: 'TLSv1.3' },
      { maxVersion: 'TLSv1.2' },
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' },
      { ecdhCurve: 'P-256' },
      { secureContext: context },
      { secureContext: tls.createSecureContext({ ca: probeCertificate }) },
      { checkServerIdentity: () => undefined },
      { checkServerIdentity: () => undefined },
      { ALPNProtocols: ['http/1.1'] },
      { passphrase: 'secret one' },
      { passphrase: 'secret two' },
    ]
    const seen = new Set<string | undefined>()
    for (const identity of identities) if (!identity.secureContext) identity.ca ??= probeCertificate
    for (const identity of identities) {
      const first = await connectionOf(opened, { port, ...identity })
      expect(seen).not.toContain(first)
      seen.add(first)
      expect(await connectionOf(opened, { port, ...identity })).toBe(first)
    }
    expect(accepted()).toBe(identities.length)
    expect(opened.pool.stats()).toMatchObject({ open: identities.length, hosts: { [`https://127.0.0.1:${port}`]: {} } })

    const names = Object.keys(opened.agent.freeSockets)
    expect(new Set(names).size).toBe(identities.length)
    for (const name of names) expect(name).not.toContain('secret')

    opened.pool.reconfigure({ maxConnectionsPerHost: 1 })
    await until(() => expect(opened.pool.stats().open).toBe(1))
    const answers = await Promise.all(identities.map((identity) => get(opened, { port, ...identity })))
    for (const { status } of answers) expect(status).toBe(200)
    expect(opened.pool.stats().open).toBe(1)
  })

  it('tells equal identities by what they say, not by the object', async () => {
    const { port, accepted } = await listenNames()
    const opened = open(variant)
    for (let round = 0; round < 3; round++) {
      await get(opened, {
        port,
        ca: [Buffer.from(probeCertificate)],
        ALPNProtocols: ['http/1.1'],
        key: [{ pem: Buffer.from(probeKey) }],
        cert: [probeCertificate],
      })
    }
    expect(accepted()).toBe(1)
  })

  it.each([null, ''])('derives the server name as node does (servername: %j)', async (servername) => {
    const { port } = await listenNames()
    const opened = open(variant)
    const names: string[] = []
    for (const host of ['a.probe.test', 'b.probe.test', 'a.probe.test', '']) {
      const { body } = await get(opened, { port, headers: { Host: host }, servername } as https.RequestOptions)
      names.push(body.split(' ')[1] ?? '')
    }
    expect(names).toEqual(servername === '' ? ['-', '-', '-', '-'] : ['a.probe.test', 'b.probe.test', 'a.probe.test', '-'])
  })

  it('does not take a plain connection for a TLS one', async () => {
    const { port } = await listen('http')
    const opened = open(variant)
    await get(
      { agent: opened.pool.options.http, scheme: 'http' },
      { port, host: 'slocalhost', lookup: local as net.LookupFunction },
    )
    await errorOf(get(opened, { port, host: 'localhost', headers: { Host: '' } }))
    await errorOf(get(opened, { port, host: 'slocalhost', lookup: local as net.LookupFunction, headers: { Host: '' } }))
    expect(opened.pool.stats().reused).toBe(0)
  })

  it("heeds a change of the agent's own certificate", async () => {
    const { port, accepted } = await listenNames()
    const opened = open(variant)
    const first = await connectionOf(opened, { port })
    expect(await connectionOf(opened, { port })).toBe(first)
    Object.assign((opened.agent as https.Agent).options, { cert: probeCertificate, key: probeKey })
    const second = await connectionOf(opened, { port })
    expect(second).not.toBe(first)
    expect(await connectionOf(opened, { port })).toBe(second)
    expect(accepted()).toBe(2)
  })

  it('refuses a server whose certificate is not trusted, or that its own check refuses', async () => {
    const { port } = await listen('https')
    const opened = open(variant, { maxConnections: 1 }, { ca: [] })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: expect.stringMatching(/CERT/) })
    expect(await get(opened, { port, rejectUnauthorized: false })).toMatchObject({ status: 200 })
    expect(await errorOf(get(opened, { port }))).toMatchObject({ code: expect.stringMatching(/CERT/) })
    await until(() => expect(opened.pool.stats().active).toBe(0))

    const strict = open(variant)
    expect(await get(strict, { port })).toMatchObject({ status: 200 })
    const refuse = () => new Error('not this one')
    for (let round = 0; round < 2; round++) {
      expect(await errorOf(get(strict, { port, checkServerIdentity: refuse }))).toMatchObject({ message: 'not this one' })
    }
  })

  it('resumes TLS sessions, each identity its own', async () => {
    const resumed: [string, boolean][] = []
    const { port } = await listen('https', (request, response) => {
      resumed.push([request.url ?? '', (request.socket as TLSSocket).isSessionReused()])
      response.end('ok')
    })
    const opened = open(variant, { keepAlive: false })
    // In TLS 1.2 the session comes with the handshake.
    const version = { maxVersion: 'TLSv1.2' } as const
    for (const path of ['/plain', '/plain']) await get(opened, { port, path, ...version })
    const first = tls.createSecureContext({ ca: probeCertificate })
    const second = tls.createSecureContext({ ca: probeCertificate })
    const other = { checkServerIdentity: () => undefined }
    await get(opened, { port, path: '/first', secureContext: first, ...version })
    await get(opened, { port, path: '/first', secureContext: first, ...version })
    await get(opened, { port, path: '/second', secureContext: second, ...version })
    await get(opened, { port, path: '/other', ...other, ...version })
    expect(resumed).toEqual([
      ['/plain', false],
      ['/plain', true],
      ['/first', false],
      ['/first', true],
      ['/second', false],
      ['/other', false],
    ])
  })

  it('emits keylog for sockets before and after the listener', async () => {
    const { port } = await listen('https')
    const opened = open(variant, { keepAlive: false })
    const lines: Buffer[] = []
    opened.agent.on('keylog', (line: Buffer) => lines.push(line))
    await get(opened, { port })
    expect(lines.length).toBeGreaterThan(0)
    expect(String(lines[0])).toMatch(/^(CLIENT|SERVER)_/)
  })

  it('counts a TLS socket over a stream of its own, as when a proxy is dialled', async () => {
    const { port, accepted } = await listen('https')
    const opened = open(variant, { maxConnections: 1 })
    // Without tls.connect there is no 'secureConnect'.
    ;(opened.agent as unknown as { createConnection: unknown }).createConnection = (options: { port: number }) => {
      const plain = net.connect(options.port, '127.0.0.1')
      const socket = new tls.TLSSocket(plain, { isServer: false, ca: probeCertificate } as object)
      plain.once('connect', () => (socket as unknown as { _start?: () => void })._start?.())
      return socket
    }
    const answers = await Promise.all([get(opened, { port }), get(opened, { port })])
    expect(answers.map(({ reused }) => reused)).toEqual([false, true])
    expect(accepted()).toBe(1)
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 1, idle: 1 }))
  })

  it('ends a handshake that the server breaks off or never answers', async () => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanup(() => server.close())
    const opened = open(variant, { maxConnections: 1 })
    const { port } = server.address() as net.AddressInfo
    const failures = await Promise.all([errorOf(get(opened, { port })), errorOf(get(opened, { port }))])
    for (const error of failures) expect(error).toMatchObject({ code: 'ECONNRESET' })
    await until(() => expect(opened.pool.stats()).toMatchObject({ open: 0, pending: 0 }))
  })

  it('pools the requests of one checkServerIdentity, which node does not', async () => {
    const { port, accepted } = await listen('https')
    const opened = open(variant)
    let checks = 0
    const checkServerIdentity = (host: string, certificate: tls.PeerCertificate) => {
      checks++
      return tls.checkServerIdentity(host, certificate)
    }
    for (let round = 0; round < 4; round++) await send(opened, { port, checkServerIdentity }).answer
    expect(accepted()).toBe(1)
    expect(checks).toBe(1)
  })
})

function local(_: string, options: { all?: boolean }, callback: (error: null, address: never, family?: number) => void): void {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }] as never)
  else callback(null, '127.0.0.1' as never, 4)
}
