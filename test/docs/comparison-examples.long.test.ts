import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { probeCertificate } from '../../cli/src/conformance/probe/certificates.ts'
import { native, pooled, type Seen } from '../../scripts/docs/comparison-wire.ts'
import { clientNames } from '../../src/clients/index.ts'
import { loadAdapter } from '../load-adapter.ts'
import type { Observed } from './comparison-client.ts'

const slowest = 900_000

const folder = new URL('../../examples/comparison/', import.meta.url)
const runner = fileURLToPath(new URL('comparison-client.ts', import.meta.url))

const workspace = mkdtempSync(join(tmpdir(), 'polypool-'))
const certificate = join(workspace, 'certificate.pem')
writeFileSync(certificate, probeCertificate)
afterAll(() => rmSync(workspace, { recursive: true }))

/** Runs an example in a process of its own, as a reader would, and gives what servers saw of it. */
async function run(name: string): Promise<Observed> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate }
  const { stdout } = await promisify(execFile)(process.execPath, [runner, new URL(name, folder).href], { env })
  return JSON.parse(stdout) as Observed
}

/** Timers are late by what the process is, at both ends, and by the tenth that a pool may take. */
function expectSeen({ expiry, clientPeak: _, lag, late, ...seen }: Observed, { expiry: expected, ...others }: Seen): void {
  expect(seen).toEqual(others)
  expect(expiry).toBeGreaterThanOrEqual(expected - 50 - lag)
  expect(expiry - late).toBeLessThanOrEqual(expected * 1.1 + 100)
}

describe('examples of pooling in Node', () => {
  it('are there for every client', () => {
    const expected = clientNames.flatMap((name) => [`${name}.native.mjs`, `${name}.polypool.mjs`])
    expect(readdirSync(folder).filter((name) => name.endsWith('.mjs'))).toEqual(expected.toSorted())
  })

  // They mostly wait: for a wait that is to time out, or not; on a busy machine up to sixteen times as long.
  describe.concurrent.each(clientNames)('%s', { timeout: slowest }, (client) => {
    it('by its own options holds what the comparison says', async () => {
      const { support } = await loadAdapter(client)
      expectSeen(await run(`${client}.native.mjs`), native(support))
    })

    it('with polypool holds every limit', async () => {
      const observed = await run(`${client}.polypool.mjs`)
      expectSeen(observed, pooled)
      expect(observed.clientPeak).toBe(pooled.total)
    })
  })
})
