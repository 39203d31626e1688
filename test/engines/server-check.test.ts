import { describe, expect, it } from 'vitest'
import { errorOf, listen, probeCertificate, until } from './node-agent/support.ts'
import { engines } from './proxy/engines.ts'
import { echo } from './proxy/kinds.ts'
import { countingProxy } from './proxy/proxies.ts'

// Vitest listens to `uncaughtException`, as many a service does: then node goes on with the connection where the check has thrown.
describe.each(engines)('$name: a checkServerIdentity that throws', ({ open }) => {
  const boom = new Error('boom')
  const throwing = (what: unknown) => ({
    checkServerIdentity: () => {
      throw what
    },
  })

  it.each([
    ['an error', boom, 'boom'],
    ['nothing', undefined, 'checkServerIdentity has thrown what is no error'],
  ])('%s fails the request, which the server does not see, and the connection', async (_, thrown, message) => {
    const seen: unknown[] = []
    const { port } = await listen('https', (request, response) => {
      seen.push(request.url)
      echo(request, response)
    })
    const { get, pool, expectEmpty } = open({ proxy: false }, { maxConnections: 1 }, throwing(thrown))
    for (let round = 0; round < 2; round++) expect((await errorOf(get(`https://localhost:${port}/`))).message).toBe(message)
    await until(() => expect(pool.stats()).toMatchObject({ open: 0, pending: 0 }))
    expect(seen).toEqual([])
    await expectEmpty()
  })

  it.each(['http', 'https'] as const)('does the same where a proxy is checked, %s', async (scheme) => {
    const proxy = await countingProxy({ secure: true })
    const { port } = await listen(scheme, echo)
    const { get, pool } = open(
      proxy.url('https'),
      { maxConnections: 1 },
      { proxyTls: { ca: probeCertificate, ...throwing(boom) } },
    )
    expect(await errorOf(get(`${scheme}://localhost:${port}/`))).toMatchObject({ code: 'ERR_POOL_PROXY', cause: boom })
    expect([proxy.tunnels, proxy.forwarded]).toEqual([[], []])
    await until(() => expect(pool.stats().open).toBe(0))
  })
})
