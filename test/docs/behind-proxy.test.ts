// What docs/proxies.md says of each client's own way through a proxy: counted at a proxy, while no origin answers.
import http, { type Server } from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import axios from 'axios'
import { ProxyAgent, request } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { probeCertificate, probeKey } from '../../cli/src/conformance/probe/certificates.ts'
import { until } from '../engines/node-agent/support.ts'
import { type CountingProxy, countingProxy } from '../engines/proxy/proxies.ts'

const limit = 5

/** To each of two hosts. */
const requests = 20

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const end of cleanups.splice(0).reverse()) await end()
})

interface Origins {
  readonly proxy: CountingProxy
  /** Of two hosts by https, and one by http. */
  readonly secure: readonly string[]
  readonly plain: string
  /** Answers all that has come, and from then on at once. */
  answer(): void
}

async function origins(): Promise<Origins> {
  const held: http.ServerResponse[] = []
  let answering = false
  const listener: http.RequestListener = (_, response) => void (answering ? response.end() : held.push(response))
  const servers = [https.createServer({ key: probeKey, cert: probeCertificate }, listener), http.createServer(listener)]
  const [secure, plain] = await Promise.all(servers.map(portOf))
  const proxy = await countingProxy()
  const answer = () => {
    answering = true
    for (const response of held.splice(0)) response.end()
  }
  return { proxy, secure: [`https://a.test:${secure}/`, `https://b.test:${secure}/`], plain: `http://c.test:${plain}/`, answer }
}

async function portOf(server: Server | https.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const urlOf = (proxy: CountingProxy) => `http://127.0.0.1:${proxy.port}`

/** Every request, whatever becomes of it. */
function atOnce(count: number, urls: readonly string[], send: (url: string) => Promise<unknown>): Promise<unknown> {
  return Promise.allSettled(urls.flatMap((url) => Array.from({ length: count }, () => send(url))))
}

/** Once so many connections are open at the proxy: that it stays so, while others come and go through it. */
async function exactly(proxy: CountingProxy, wanted: number, url: string): Promise<void> {
  await until(() => expect(proxy.accepted()).toBeGreaterThanOrEqual(wanted))
  for (let round = 1; round <= 3; round++) {
    await new Promise((resolve) => {
      // No origin is there, so that it is over at once.
      const path = url.replace(/:\d+/, ':1')
      http.get({ agent: false, host: '127.0.0.1', port: proxy.port, path }, resolve).on('error', resolve)
    })
    expect(proxy.accepted() - round).toBe(wanted)
  }
}

const getBy = (agent: https.Agent) => (url: string) =>
  new Promise((resolve, reject) => {
    https.get(url, { agent, rejectUnauthorized: false }, (response) => response.resume().on('end', resolve)).on('error', reject)
  })

describe('with a limit of 5 for each host', () => {
  it('ProxyAgent of undici: 5 for each host of https, and for http as many as there are requests', async () => {
    const { proxy, secure, plain, answer } = await origins()
    const dispatcher = new ProxyAgent({ uri: urlOf(proxy), connections: limit, requestTls: { rejectUnauthorized: false } })
    cleanups.push(() => dispatcher.destroy())
    const get = async (url: string) => (await request(url, { dispatcher })).body.dump()
    const all = [atOnce(requests, secure, get)]
    await exactly(proxy, 2 * limit, plain)
    const before = proxy.accepted()
    all.push(atOnce(requests, [plain], get))
    await until(() => expect(proxy.accepted() - before).toBe(requests))
    answer()
    await Promise.all(all)
  })

  it('proxyEnv of node’s agents: one for each request, since what is being made is not counted', async () => {
    const { proxy, secure, answer } = await origins()
    const options = { keepAlive: true, maxSockets: limit, proxyEnv: { HTTPS_PROXY: urlOf(proxy) } }
    const agent = new https.Agent(options as https.AgentOptions)
    cleanups.push(() => agent.destroy())
    const all = atOnce(requests, secure, getBy(agent))
    await until(() => expect(proxy.accepted()).toBe(2 * requests))
    answer()
    await all
  })

  it('proxy of axios: a tunnel for each https request, whatever its agents are told, and none is used again', async () => {
    const { proxy, secure, answer } = await origins()
    const httpsAgent = new https.Agent({ keepAlive: true, maxSockets: limit, rejectUnauthorized: false })
    cleanups.push(() => httpsAgent.destroy())
    const api = axios.create({ proxy: { protocol: 'http', host: '127.0.0.1', port: proxy.port }, httpsAgent })
    const all = atOnce(requests, secure, (url) => api.get(url))
    await until(() => expect(proxy.accepted()).toBe(2 * requests))
    answer()
    await all
    for (let more = 1; more <= 3; more++) {
      await api.get(secure[0] ?? '').catch(() => {})
      expect(proxy.accepted()).toBe(2 * requests + more)
    }
  })
})
