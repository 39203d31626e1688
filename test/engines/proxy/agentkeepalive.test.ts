import http from 'node:http'
import https from 'node:https'
import { expect, it } from 'vitest'
import { createPool } from '../../../adapters/agentkeepalive.ts'
import { probeCertificate } from '../../../cli/src/conformance/probe/certificates.ts'
import { answerOf, cleanup, listen, until } from '../node-agent/support.ts'
import { echo, proxies } from './kinds.ts'

const cases = Object.entries(proxies).flatMap(([name, start]) =>
  (['http', 'https'] as const).map((scheme) => [name, scheme, start] as const),
)

it.each(cases)('%s: its agents go on counting what goes through it to %s', async (_, scheme, start) => {
  const { url } = await start()
  const { port } = await listen(scheme, echo)
  const pool = createPool({ proxy: url, maxConnections: 1 }, { ca: probeCertificate, proxyTls: { ca: probeCertificate } })
  cleanup(() => pool.destroy())
  const agent = pool.options[scheme]
  const status = () => agent.getCurrentStatus()
  const get = (path: string) => {
    const request = (scheme === 'http' ? http : https).get({ host: 'localhost', port, path, agent })
    return answerOf(request)
  }
  await Promise.all(['/1', '/2', '/3'].map(get))
  await until(() => expect(pool.stats().idle).toBe(1))
  expect(status()).toMatchObject({ createSocketCount: 1, requestCount: 3, closeSocketCount: 0, errorSocketCount: 0 })
  await pool.close()
  expect(status()).toMatchObject({ createSocketCount: 1, closeSocketCount: 1, errorSocketCount: 0, timeoutSocketCount: 0 })
})
