import { expect, test } from 'vitest'
import { always, answer, chunk, chunkedHead } from './answers.ts'
import { engines } from './engines.ts'
import { aborted, codeOf, fails, mismatch } from './expected.ts'
import { FaultServer } from './fault-server.ts'
import { ask, type Fault, recovers, settled, testTimeout } from './run-fault.ts'
import { describeFaults, useFaultServer } from './suite.ts'

const drip = (text: string, everyMs = 1) => ({ drip: text, everyMs })

const dripping: readonly Fault[] = [
  { name: 'headers and body, a byte at a time', steps: [drip(answer('ok'))] },
  { name: 'chunks, a byte at a time', steps: [drip(`${chunkedHead}${chunk('o')}${chunk('k')}0\r\n\r\n`)] },
  { name: 'a body that drips behind its headers', steps: [{ say: answer('ok').slice(0, -2) }, drip('ok', 30)] },
].map(({ name, steps }) => ({
  name,
  http2: true,
  schemes: ['http', 'https'],
  script: { connections: [[{ each: ['request', ...steps] }]] },
  requests: [{}, { method: 'POST', body: 'x' }],
  expected: [],
  connections: 1,
}))

/** Longer than anybody waits: the caller ends it, at whatever point. */
const givenUp: readonly Fault[] = [
  { name: 'headers that drip without end', steps: [{ say: 'HTTP/1.1 200 OK\r\n' }, { each: [drip('X-A: a\r\n', 5)] }] },
  { name: 'a body that drips without end', steps: [{ say: chunkedHead }, { each: [drip(chunk('a'), 5)] }] },
  { name: 'a body that stops', steps: [{ say: `${chunkedHead}${chunk('a')}` }] },
  { name: 'no answer at all', steps: [] },
].map(({ name, steps }) => ({
  name,
  schemes: ['http', 'https'],
  script: { connections: [['request', ...steps], always('ok')] },
  requests: [{ abortAfter: 100 }, {}],
  expected: [aborted],
  connections: 2,
}))

describeFaults([...dripping, ...givenUp] as readonly Fault[])

const good = useFaultServer()
const timedOut = fails('ERR_POOL_CONNECT_TIMEOUT')

/** A server whose event loop is blocked: the kernel takes connections up to its backlog, and drops what comes then. */
async function stopped(script: { readonly scheme: 'http' | 'https'; readonly backlog: number }) {
  const server = new FaultServer()
  const origin = await server.listen({ ...script, connections: [always('ok')] })
  // Longer than the test takes; it ends by a signal.
  await server.block(600_000)
  await new Promise((resolve) => setTimeout(resolve, 50))
  return { server, origin }
}

test.concurrent.each(engines)(
  '$name: a server that never accepts, http: only the caller can end it',
  async (engine) => {
    const { server, origin } = await stopped({ scheme: 'http', backlog: 16 })
    await using _ = server
    const other = await good().listen({ connections: [always('good')] })
    const pool = engine.createPool({ maxConnections: 1, connectTimeout: 700 })
    // The kernel has connected it, so there is nothing for connectTimeout to end.
    const outcome = await ask(engine, pool, origin.url, { abortAfter: 1400 })
    expect(mismatch(aborted, outcome, engine.name)).toBe(null)
    await recovers(engine, pool, other, [origin, other])
    await pool.close()
  },
  testTimeout,
)

test.concurrent.each(engines)(
  '$name: a server that never accepts, https: the handshake meets connectTimeout',
  async (engine) => {
    const { server, origin } = await stopped({ scheme: 'https', backlog: 16 })
    await using _ = server
    const other = await good().listen({ connections: [always('good')] })
    const pool = engine.createPool({ maxConnections: 1, hosts: { [`127.0.0.1:${origin.port}`]: { connectTimeout: 100 } } })
    for (const method of ['GET', 'POST']) {
      const outcome = await ask(engine, pool, origin.url, { method })
      expect(mismatch(timedOut, outcome, engine.name)).toBe(null)
    }
    await recovers(engine, pool, other, [origin, other])
    await pool.close()
  },
  testTimeout,
)

// On Linux a full backlog drops SYN, as a host that is down or a firewall does. Systems that refuse instead are as good.
test.concurrent.each(engines)(
  '$name: a full backlog',
  async (engine) => {
    const { server, origin } = await stopped({ scheme: 'http', backlog: 1 })
    await using _ = server
    const other = await good().listen({ connections: [always('good')] })
    const filler = engine.createPool({ connectTimeout: 'unlimited' })
    const abort = new AbortController()
    const filling = Array.from({ length: 6 }, () =>
      engine.start(filler, { url: origin.url, signal: abort.signal }).catch((error: unknown) => codeOf({ error })),
    )
    await new Promise((resolve) => setTimeout(resolve, 50))
    const pool = engine.createPool({ maxConnections: 1, hosts: { [`127.0.0.1:${origin.port}`]: { connectTimeout: 150 } } })
    const outcome = await ask(engine, pool, origin.url, {})
    const refused = { either: [timedOut, fails('ECONNREFUSED', 'ECONNRESET')] }
    expect(mismatch(refused, outcome, engine.name)).toBe(null)
    // Not by the sockets of the origin, which are the other pool's as well.
    await recovers(engine, pool, other, [other])
    await pool.close()
    expect(pool.stats().open).toBe(0)
    // Some of them are connected, the others are still at it.
    abort.abort()
    await Promise.all(filling)
    await settled(filler, [origin], 0)
    await filler.destroy()
  },
  testTimeout,
)
