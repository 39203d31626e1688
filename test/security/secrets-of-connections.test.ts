import util from 'node:util'
import axios, { AxiosError } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as adapter from '../../adapters/axios.ts'
import { isPoolError } from '../../src/errors.ts'
import { alice, authority, server as genuine, impostor, otherServer } from './certificates.ts'
import { logged, secret } from './logged.ts'
import { failureOf, type Identity, serve, serveRaw, wires } from './wire.ts'

describe.each(wires)('$name', (wire) => {
  it('no error of a connection that can’t be made tells what it was to be made with', async () => {
    const own = { cert: alice.cert, key: alice.encryptedKey, passphrase: alice.passphrase }
    const servers = await Promise.all([
      serve(impostor),
      serve(otherServer),
      serveRaw((socket) => socket.destroy()),
      serve(genuine, { minVersion: 'TLSv1.3' }),
    ])
    const failures: Error[] = []
    for (const [at, { origin }] of servers.entries()) {
      const identities: Identity[] = [
        { ...own },
        { ...own, passphrase: `${secret}-wrong` },
        { ...own, cert: secret },
        { ...own, key: secret },
        { pfx: secret, passphrase: secret },
      ]
      // The last server is refused for its version, and by what is wrong with the client's own.
      for (const identity of identities) {
        const version = at === 3 ? { maxVersion: 'TLSv1.2' as const } : {}
        const client = wire.open({ maxConnections: 1 }, { ...identity, ...version })
        const ask = { headers: { authorization: `Bearer ${secret}` } }
        // One after the other: of two at once the second would wait, and tell of that instead.
        for (let round = 0; round < 2; round++) failures.push(await failureOf(client.ask(origin.replace('http:', 'https:'), ask)))
        expect(logged(client.pool)).not.toContain(secret)
      }
    }
    expect(failures).toHaveLength(40)
    // What failed is each time the connection itself.
    for (const failure of failures) expect(isPoolError(failure), String(failure)).toBe(false)
    for (const failure of failures) {
      const text = logged(failure)
      for (const hidden of [secret, alice.passphrase, alice.encryptedKey, alice.encryptedKey.split('\n')[1] ?? '', 'PRIVATE KEY'])
        expect(text).not.toContain(hidden)
    }
  })

  it('neither statistics nor errors repeat what a URL says of its user', async () => {
    const server = await serve()
    const client = wire.open({ maxConnections: 1, block: false, maxOverflow: 0 })
    const origin = server.origin.replace('//', `//user:${secret}@`)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => client.ask(origin, { path: `/?token=${secret}` })))
    expect(logged(outcomes.filter(({ status }) => status === 'rejected'))).not.toContain(secret)
    expect(logged(client.pool.stats())).not.toContain(secret)
    expect(Object.keys(client.pool.stats().hosts)).toEqual([`http://localhost:${server.port}`])
  })
})

describe('an AxiosError', () => {
  const identity = { ca: authority, cert: alice.cert, key: alice.encryptedKey, passphrase: alice.passphrase }
  const hidden = [alice.passphrase, alice.encryptedKey, alice.encryptedKey.split('\n')[1] ?? '', 'PRIVATE KEY', alice.cert]

  it.each([
    ['an answer that axios refuses', genuine, 'ERR_BAD_RESPONSE'],
    ['a server that TLS refuses', impostor, 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('of %s tells nothing of how its pool connects', async (_, certificate, code) => {
    const server = await serve(certificate)
    const pool = adapter.createPool({ maxConnections: 1 }, identity)
    onTestFinished(() => pool.destroy())
    const api = axios.create({ ...pool.options, baseURL: server.origin, validateStatus: () => false })
    const error = await failureOf(api.get('/'))
    expect(error).toBeInstanceOf(AxiosError)
    expect(error.code).toBe(code)
    for (const text of [
      JSON.stringify(error),
      JSON.stringify({ error }),
      util.inspect(error),
      util.format('%s %j', error, error),
    ])
      for (const secret of hidden) expect(text).not.toContain(secret)
  })
})
