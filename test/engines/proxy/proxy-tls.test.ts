import { describe, expect, it } from 'vitest'
import { probeCertificate, probeKey } from '../../../cli/src/conformance/probe/certificates.ts'
import { errorOf, listen, until } from '../node-agent/support.ts'
import { clientsBySchemes, engines } from './engines.ts'
import { countingProxy } from './proxies.ts'

describe('TLS with a proxy', () => {
  it.each(clientsBySchemes)('%s, %s: goes on with the session of the connection before', async (_, scheme, open) => {
    const proxy = await countingProxy({ secure: true })
    const { port } = await listen(scheme)
    const proxied = open(proxy.url('https'), { maxRequestsPerConnection: 1 })
    for (let time = 0; time < 3; time++) {
      await proxied.get(`${scheme}://localhost:${port}/`)
      await until(() => expect(proxied.pool.stats().open).toBe(0))
    }
    expect(proxy.resumed).toEqual([false, true, true])
  })

  it.each(engines)('$name: begins anew with one that is another, or where proxyTls has its own', async ({ open }) => {
    const [one, other] = [await countingProxy({ secure: true }), await countingProxy({ secure: true })]
    const { port } = await listen('http')
    const to = `http://localhost:${port}/`
    const proxied = open(one.url('https'))
    await proxied.get(to)
    proxied.reroute({ proxy: other.url('https') })
    await proxied.get(to)
    await open(one.url('https')).get(to)
    expect([one.resumed, other.resumed]).toEqual([[false, false], [false]])
  })

  it.each(engines)('$name: is refused again and again where the certificate is not known', async ({ open }) => {
    const proxy = await countingProxy({ secure: true })
    const proxied = open(proxy.url('https'), { maxConnections: 1 }, { proxyTls: { maxVersion: 'TLSv1.2' } })
    for (let time = 0; time < 3; time++)
      expect(await errorOf(proxied.get('http://a.test/'))).toMatchObject({
        code: 'ERR_POOL_PROXY',
        cause: expect.objectContaining({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      })
    await proxied.expectEmpty()
  })

  it.each(engines)('$name: takes what proxyTls says, which no origin gets', async ({ open }) => {
    const proxy = await countingProxy({ secure: true })
    const seen: unknown[] = []
    const { port, server } = await listen('https')
    server.on('secureConnection', (socket) => seen.push(socket.getPeerX509Certificate()))
    const proxyTls = { ca: probeCertificate, servername: 'proxy.probe.test', cert: probeCertificate, key: probeKey }
    await open(proxy.url('https'), {}, { proxyTls }).get(`https://localhost:${port}/`)
    expect([proxy.servernames, seen]).toEqual([['proxy.probe.test'], [undefined]])
  })
})
