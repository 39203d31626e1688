import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Cell } from '../../scripts/matrix/cells.ts'
import { type Client, matrixClients } from '../../scripts/matrix/clients.ts'
import { matrixSection, page, rangeSection, refusalSection } from '../../scripts/matrix/page.ts'
import type { CellResult } from '../../scripts/matrix/results.ts'
import { withSection } from '../../scripts/write-section.ts'

const undici: Client = { name: 'undici', peer: { name: 'undici', range: '^7 || ^8' }, drivers: ['undici'] }
const fetch: Client = { ...undici, name: 'fetch' }
const nodeHttp: Client = { name: 'node-http', peer: null, drivers: ['node-http'] }

function result(cell: Partial<Cell> & Pick<Cell, 'client' | 'node'>, outcome: Partial<CellResult> = {}): CellResult {
  return {
    cell: { version: '8.2.0', packages: {}, kind: 'suite', ...cell },
    status: 'passed',
    counts: { passed: 0, absent: 0, failed: 0 },
    failures: [],
    seconds: 1,
    ...outcome,
  }
}

const message = 'undici 8.2.0 on Node 20.19.0 is not supported: npm install undici@7'
const results = [
  result({ client: undici, node: '20.19.0', kind: 'other-node', engines: '>=22' }, { status: 'refused', refusal: message }),
  result({ client: undici, node: '22.1.0' }, { counts: { passed: 588, absent: 0, failed: 0 } }),
  result({ client: fetch, node: '22.1.0' }, { counts: { passed: 190, absent: 2, failed: 0 } }),
  result(
    { client: nodeHttp, node: '22.1.0', version: null },
    { status: 'failed', counts: { passed: 195, absent: 0, failed: 3 }, failures: [{ scenario: 'x', error: 'y' }] },
  ),
  result(
    { client: undici, node: '22.1.0', version: null, kind: 'missing' },
    { status: 'refused', refusal: 'undici is not installed (^7 || ^8)' },
  ),
]

test('the grid has clients by Nodes, and says why a place has no number', () => {
  expect(matrixSection(results)).toBe(
    [
      '| client | Node 20.19.0 | Node 22.1.0 |',
      '|---|---:|---:|',
      '| undici 8.2.0 | – | 588 |',
      '| fetch with undici 8.2.0 |  | 190, 2 absent |',
      '| node-http |  | **3 failed, 195 passed** |',
      '',
      '- – undici 8.2.0: its package declares Node `>=22`. What happens there: undici 8.2.0 is not supported: npm install undici@7.',
    ].join('\n'),
  )
})

test('refusals stand in a table of their own', () => {
  expect(refusalSection(results).split('\n').slice(2)).toEqual([
    '| undici, not installed | 22.1.0 | undici is not installed (^7 \\|\\| ^8) |',
  ])
})

const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  peerDependencies: { readonly [name: string]: string }
}

test('what the adapters declare is what npm is told', async () => {
  const peers = matrixClients.flatMap(({ peer }) => (peer ? [[peer.name, peer.range]] : []))
  // Those are of metrics, and of no client.
  const { '@opentelemetry/api': _api, 'prom-client': _client, ...ofClients } = packageJson.peerDependencies
  expect(ofClients).toEqual(Object.fromEntries(peers))
})

test('the page names the ranges that hold', async () => {
  expect(readFileSync(page, 'utf8')).toBe(withSection(page, 'ranges', rangeSection(matrixClients)))
})
