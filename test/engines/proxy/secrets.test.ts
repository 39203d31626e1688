import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { listen } from '../node-agent/support.ts'
import { clientsBySchemes } from './engines.ts'
import { echo } from './kinds.ts'
import { countingProxy } from './proxies.ts'

it.each(clientsBySchemes)('%s: credentials are in nothing that a pool or its client show (%s)', async (_, scheme, open) => {
  const proxy = await countingProxy({ secure: true, credentials: 'user:secret' })
  const { port } = await listen(scheme, echo)
  const proxied = open(proxy.url('https', 'user:secret'), {}, { proxyHeaders: { 'X-Token': 'secret' } })
  await proxied.get(`${scheme}://localhost:${port}/`, { method: 'POST', body: 'ab' })
  const carrier = proxied.carrierFor(scheme)
  const everything = [proxied.pool, proxied.pool.options, carrier, proxied.pool.stats(), proxied.pool.notes].flatMap((value) => [
    inspect(value, { depth: 6 }),
    inspect(value, { depth: 3, showHidden: true }),
  ])
  for (const text of [...everything, JSON.stringify(proxied.pool)]) {
    // It asks for the credentials in no other spelling: percent-encoding and Basic.
    expect(/secret|dXNlcjpz/.exec(text)?.input.slice(0, 2000)).toBe(undefined)
  }
})
