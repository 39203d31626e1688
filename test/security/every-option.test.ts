import { describe, expect, it } from 'vitest'
import type { NativeAgent } from '../../src/engines/node-agent/native.ts'
import type { Agents } from '../../src/engines/node-agent/open-agents.ts'
import { freePort } from '../programs.ts'
import { server as genuine } from './certificates.ts'
import { connectOptionsOfUndici, NodeTypes, requestOptionsOfUndici } from './declared.ts'
import { interfaces, type Kind, options, type Pair, type Place, type Values } from './every-option.ts'
import { type Identity, type Origin, serve, serveGenuine, type Wire, wires } from './wire.ts'

it('every option that the types of Node declare is known to separate connections, or why it does not', () => {
  const types = new NodeTypes()
  const declared = new Set(interfaces.flatMap((name) => types.options(name)))
  expect([...declared].sort()).toEqual(Object.keys(options).sort())
})

const schemes = ['http', 'https'] as const

/** Pairs for each option that separates, by scheme. */
const separating = Object.entries<Kind>(options).flatMap(([name, kind]) => {
  if ('shares' in kind) return []
  const pairOf = kind.connection ?? kind.tls
  return schemes.flatMap((scheme) =>
    scheme === 'http' && kind.tls !== undefined ? [] : [{ name, scheme, pairOf, tls: kind.tls !== undefined }],
  )
})

/** The connection that the server saw the request on; undefined if it was not that server, or the request failed. */
async function connectionOf(server: Origin, ask: () => Promise<unknown>, path: string): Promise<number | undefined> {
  await ask().catch(() => {})
  return server.seen.find(({ url }) => url === path)?.connection
}

async function begin(wire: Wire, scheme: (typeof schemes)[number], pairOf: (typeof separating)[number]['pairOf']) {
  const listen = scheme === 'http' ? serve : serveGenuine
  const [server, another] = await Promise.all([listen(), listen()])
  const place: Place = { port: server.port, otherPort: another.port, freePort: await freePort() }
  const pair: Pair = typeof pairOf === 'function' ? pairOf(place) : pairOf
  // An agent's own ca would go before that of a request.
  const client = wire.open({}, 'ca' in pair.one() ? ({ ca: undefined } as Identity) : {})
  let count = 0
  return {
    pair,
    agent: (client.pool.options as Agents)[scheme] as unknown as NativeAgent,
    ask(values: Values) {
      const path = `/${++count}`
      return connectionOf(server, () => client.ask(server.origin, { path, identity: values as Identity }), path)
    },
  }
}

describe.each(wires.filter(({ perRequest }) => perRequest))('$name', (wire) => {
  it.each(separating)('$scheme: requests that differ in $name share no connection, equal ones do', async ({ scheme, pairOf }) => {
    const { pair, ask } = await begin(wire, scheme, pairOf)
    if (pair.scheme !== undefined && pair.scheme !== scheme) return
    const first = await ask(pair.one())
    const second = await ask(pair.other())
    expect(first).toBe(1)
    expect(second).not.toBe(first)
    expect(await ask(pair.one())).toBe(first)
    expect(await ask(pair.other())).toBe(second)
  })

  it.each(separating.filter(({ tls }) => tls))(
    'the agent’s name for a connection, and so for TLS sessions, differs by $name',
    async ({ scheme, pairOf }) => {
      const { pair, agent } = await begin(wire, scheme, pairOf)
      const nameOf = (values: Values) => agent.getName({ host: 'localhost', port: 443, ...values })
      expect(nameOf(pair.one())).toBe(nameOf(pair.one()))
      expect(nameOf(pair.other())).not.toBe(nameOf(pair.one()))
    },
  )

  it.each(separating)('$scheme: the same where the agent’s own $name changes', async ({ scheme, pairOf }) => {
    const { pair, ask, agent } = await begin(wire, scheme, pairOf)
    if (pair.level === 'request' || (pair.scheme !== undefined && pair.scheme !== scheme)) return
    const [one, other] = [pair.one(), pair.other()]
    Object.assign(agent.options, one)
    const first = await ask({})
    expect(first).toBe(1)
    expect(await ask({})).toBe(first)
    for (const name of Object.keys(one)) delete agent.options[name]
    Object.assign(agent.options, other)
    const second = await ask({})
    expect(second).not.toBe(first)
    expect(await ask({})).toBe(second)
  })
})

describe.each(wires.filter(({ perRequest }) => perRequest))('$name, by pre-shared keys', (wire) => {
  it('each request is seen as the one whose key it shows', async () => {
    const keys = new Map(['alice', 'bob'].map((name) => [name, Buffer.from(`the key of ${name}`)]))
    const shown = new Map<unknown, string>()
    const server = await serve(genuine, {
      ciphers: 'PSK',
      maxVersion: 'TLSv1.2',
      pskCallback(socket, name) {
        shown.set(socket, name)
        return keys.get(name) ?? null
      },
    })
    const client = wire.open({}, {
      ca: undefined,
      ciphers: 'PSK',
      maxVersion: 'TLSv1.2',
      checkServerIdentity: () => undefined,
    } as Identity)
    const showing = [...keys].map(([identity, psk]) => [identity, () => ({ psk, identity })] as const)
    for (let round = 0; round < 2; round++) {
      for (const [name, pskCallback] of showing) await client.ask(server.origin, { path: `/${name}`, identity: { pskCallback } })
    }
    const seen = server.seen.map(({ url, connection }) => [url, connection, shown.get(server.connections[connection - 1])])
    expect(seen).toEqual([
      ['/alice', 1, 'alice'],
      ['/bob', 2, 'bob'],
      ['/alice', 1, 'alice'],
      ['/bob', 2, 'bob'],
    ])
  })
})

describe.each(['undici', 'undici7'])('%s', (name) => {
  it('takes nothing of a request into a connection but its TLS name', () => {
    const perRequest = 'path method body query idempotent blocking upgrade headersTimeout bodyTimeout reset expectContinue'
    const removed = 'throwOnError maxRedirections'
    // What of a request separates: see identity.test.ts. All else that a connector is told is the same for all requests of an origin.
    expect(requestOptionsOfUndici(name).sort()).toEqual(
      [...perRequest.split(' '), ...removed.split(' '), 'typeOfService', 'headers', 'servername'].sort(),
    )
    expect(connectOptionsOfUndici(name)).toEqual(['host', 'hostname', 'protocol', 'port', 'servername', 'localAddress'])
  })
})
