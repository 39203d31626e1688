import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import AgentKeepAlive, { HttpsAgent as SecureAgentKeepAlive } from 'agentkeepalive'
import undici from 'undici'
import undici7 from 'undici7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drivers } from '../../src/conformance/clients/index.ts'
import { send } from '../../src/conformance/clients/send.ts'
import type { ClientRequest } from '../../src/conformance/clients/types.ts'
import { probeCertificate as ca } from '../../src/conformance/probe/certificates.ts'
import { LocalProbe } from '../../src/conformance/probe/local.ts'
import type { ProbeOrigin, Scheme } from '../../src/conformance/probe/types.ts'

/** What each driver's client takes, made of native classes: drivers are tested apart from any pool. */
function nativePool(driver: string) {
  const [http, https] =
    driver === 'agentkeepalive'
      ? [new AgentKeepAlive(), new SecureAgentKeepAlive({ ca })]
      : [new HttpAgent({ keepAlive: true }), new HttpsAgent({ keepAlive: true, ca })]
  const dispatcher = new undici.Agent({ connect: { ca }, allowH2: false })
  // Only undici 7 takes handlers of both generations, and is taken by the fetch of every Node.
  const old = new undici7.Agent({ connect: { ca } })
  const byUrl = ({ protocol }: URL) => (protocol === 'https:' ? https : http)
  const options: { [driver: string]: unknown } = {
    undici: { dispatcher },
    'undici-dispatch': { dispatcher },
    'undici-dispatch-legacy': { dispatcher: old },
    fetch: { dispatcher: old },
    axios: { httpAgent: http, httpsAgent: https },
    got: { agent: { http, https } },
    'node-fetch': { agent: byUrl },
    agentkeepalive: { http, https },
    'node-http': { http, https },
  }
  const pool = {
    options: options[driver],
    fetch: (url: string, init: object) => fetch(url, { ...init, dispatcher: old } as object),
  }
  const close = () => Promise.all([http.destroy(), https.destroy(), dispatcher.destroy(), old.destroy()])
  return { pool, close }
}

const matrix = drivers.flatMap((driver) => {
  const modules: { [driver: string]: string[] } = { got: ['got', 'got14', 'got15'], 'node-fetch': ['node-fetch', 'node-fetch2'] }
  return (modules[driver.name] ?? [driver.module]).map((module) => [module ?? driver.name, driver, module] as const)
})

describe.each(matrix)('driver %s', (_name, driver, module) => {
  const probe = new LocalProbe()
  const { pool, close } = nativePool(driver.name)
  const origins = new Map<Scheme, ProbeOrigin>()
  let handle: ReturnType<typeof driver.open>

  beforeAll(async () => {
    handle = driver.open(module === null ? null : await import(module))
    for (const scheme of ['http', 'https'] as const) origins.set(scheme, await probe.listen({ scheme }))
  })

  afterAll(async () => {
    await close()
    await probe.stop()
  })

  const url = (query = '', scheme: Scheme = 'http') => `${scheme}://127.0.0.1:${origins.get(scheme)?.port}/?${query}`
  const ask = (query: string, request: Omit<ClientRequest, 'url'> = {}, scheme: Scheme = 'http') =>
    send(handle, pool, { ...request, url: url(query, scheme) })

  it.each(['http', 'https'] as const)('gives status, headers and body over %s', async (scheme) => {
    const answer = await ask('status=418&size=6', {}, scheme)
    expect([answer.status, answer.body, answer.headers['content-length']]).toEqual([418, 'okokok', '6'])
    expect(answer.headers['x-probe-connection']).toMatch(/^\d+$/)
  })

  it.each([204, 304, 500])('takes status %i for an answer', async (status) => {
    expect((await ask(`status=${status}`)).status).toBe(status)
  })

  it('sends bodies: text, bytes and streams', async () => {
    const bodies = ['hello', Buffer.from('hello'), () => Readable.from([Buffer.from('hel'), Buffer.from('lo')])]
    for (const body of bodies) expect((await ask('echo=1', { method: 'POST', body })).body).toBe('hello')
  })

  it('sends headers', async () => {
    await ask('headers=1', { headers: { 'x-own': 'yes' } })
    const { connections } = await probe.report()
    const requests = connections.flatMap((one) => one.requests)
    expect(requests.find((one) => one.url.includes('headers=1'))?.headers['x-own']).toBe('yes')
  })

  it('tells of the response', async () => {
    let told = 0
    await ask('', { onResponse: () => told++ })
    expect(told).toBe(1)
  })

  it('leaves a body unread, reads it later, and gives one up', async () => {
    const later = await ask('size=3000000', { readBody: 'none' })
    expect(later.body).toBe('')
    await sleep(20)
    expect((await later.read()).length).toBe(3_000_000)
    const given = await ask('size=100&holdBody=never', { readBody: 'none' })
    given.cancel()
    await ask('size=100&holdBody=never', { readBody: 'cancel' })
    await expect
      .poll(async () => (await probe.report()).connections.filter(({ closedBy }) => closedBy === 'client').length)
      .toBe(2)
  })

  it('aborts while the answer is awaited', async () => {
    // It would be held for ever.
    await expect(ask('hold=never', { signal: AbortSignal.timeout(30) })).rejects.toThrow()
    await expect(ask('', { signal: AbortSignal.abort() })).rejects.toThrow()
  })

  it('passes errors of the network on', async () => {
    await expect(ask('reset=headers')).rejects.toThrow()
    await expect(ask('size=100&reset=body')).rejects.toThrow()
    await expect(ask('garbage=1')).rejects.toThrow()
  })

  it.runIf(driver.abilities.includes('redirect'))('follows redirects unless told not to', async () => {
    expect((await ask('redirect=/?size=4')).body).toBe('okok')
    expect((await ask('redirect=/', { maxRedirects: 0 })).status).toBe(302)
  })

  it.runIf(driver.abilities.includes('expect'))('waits for 100 Continue', async () => {
    const headers = { expect: '100-continue', 'content-length': '5' }
    expect((await ask('echo=1', { method: 'POST', body: 'hello', headers })).body).toBe('hello')
  })

  it.runIf(driver.abilities.includes('destroy'))('aborts by destroy()', async () => {
    await expect(ask('hold=never', { signal: AbortSignal.timeout(30), abortBy: 'destroy' })).rejects.toThrow('socket hang up')
  })

  it.runIf(driver.abilities.includes('timeout-while-waiting'))("keeps to the client's own time limit", async () => {
    await expect(ask('hold=never', { timeoutMs: 50 })).rejects.toThrow()
  })

  it.each(['upgrade', 'connect-method'] as const)('opens a tunnel by %s, if it says so', async (kind) => {
    expect(handle.tunnel !== undefined).toBe(driver.abilities.includes(kind))
    const socket = await handle.tunnel?.(pool, { url: url() }, kind)
    if (!socket) return
    socket.on('error', () => {}).write('echo')
    expect(String(await new Promise((resolve) => socket.once('data', resolve)))).toBe('echo')
    socket.destroy()
  })
})
