import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { probeCertificate, probeKey } from '../../cli/src/conformance/probe/certificates.ts'
import { clients } from './clients.ts'
import { describeProgram } from './describe-program.ts'
import { run, succeed } from './run.ts'

const { tools, app } = inject('places')
const bin = (name: string) => path.join(tools, 'node_modules/.bin', name)

/** Each with the clients that it replaces by something of its own, which asks no pool. */
const runtimes = [
  { name: 'Node', start: [process.execPath], refused: [] },
  { name: 'Bun', start: [bin('bun')], refused: ['node-fetch', 'undici', 'fetch'] },
  { name: 'Deno', start: [bin('deno'), 'run', '--quiet', '--allow-all'], refused: ['fetch'] },
]

describe.each(runtimes)('$name', ({ start: [program = '', ...args], refused }) => {
  describe.each(['main.mjs', 'main.cjs'])('runs %s', (entry) => {
    describeProgram({
      clients,
      refused,
      start: (plan) => run(program, [...args, path.join('programs', entry), plan], app),
    })
  })
})

/** HTTP/2 by undici: spoken, or refused by name and not spoken where it is not insisted on. */
test.each([
  { name: 'Node', refused: null, spoken: '2.0' },
  {
    name: 'Deno',
    refused: expect.stringMatching(/^ERR_POOL_UNSUPPORTED: http2: .*: on Deno \d.* loses bodies .* run this on Node/),
    spoken: '1.1',
  },
])('HTTP/2 on $name', async ({ name, refused, spoken }) => {
  const versions: string[] = []
  const server = createSecureServer({ key: probeKey, cert: probeCertificate, allowHTTP1: true }, ({ httpVersion }, response) => {
    versions.push(httpVersion)
    response.end('x'.repeat(1000))
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const [program = '', ...args] = runtimes.find((one) => one.name === name)?.start ?? []
  const { port } = server.address() as AddressInfo
  const { stdout } = await succeed(program, [...args, path.join('programs', 'http2.mjs'), `https://127.0.0.1:${port}`], app)
  expect(JSON.parse(stdout)).toEqual({ refused, bytes: 1000 })
  expect(versions).toEqual([spoken])
})
