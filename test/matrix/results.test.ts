import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { Cell } from '../../scripts/matrix/cells.ts'
import { type CellResult, ResultStore } from '../../scripts/matrix/results.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'matrix-results-'))
const url = pathToFileURL(`${folder}/`)
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const cell: Cell = {
  node: '20.19.0',
  client: { name: 'got', peer: { name: 'got', range: '>=14' }, drivers: ['got'] },
  version: '14.0.0',
  packages: { undici: '7.30.2', got: '14.0.0' },
  kind: 'suite',
}
const passed: CellResult = { cell, status: 'passed', counts: { passed: 199, absent: 0, failed: 0 }, failures: [], seconds: 12 }

test('what passed is known to the next run', () => {
  new ResultStore(url, 'aaa').write(passed)
  expect(new ResultStore(url, 'aaa').read(cell)).toEqual(passed)
})

test.each([
  ['another package', 'bbb', cell],
  ['another version beside it', 'aaa', { ...cell, packages: { undici: '7.30.3', got: '14.0.0' } }],
  ['another client', 'aaa', { ...cell, version: '14.0.1' }],
  ['another Node', 'aaa', { ...cell, node: '20.19.1' }],
  ['another expectation', 'aaa', { ...cell, kind: 'other-node' as const }],
])('it says nothing of %s', (_what, hash, other) => {
  new ResultStore(url, 'aaa').write(passed)
  expect(new ResultStore(url, hash).read(other)).toBeUndefined()
})

test('what failed is run again', () => {
  const store = new ResultStore(url, 'aaa')
  store.write({ ...passed, status: 'failed', failures: [{ scenario: 'got caps/total', error: 'no' }] })
  expect(store.read(cell)).toBeUndefined()
})

test('half a file is as none', () => {
  const store = new ResultStore(url, 'aaa')
  store.write(passed)
  const [file = ''] = readdirSync(folder)
  writeFileSync(path.join(folder, file), '{ "hash": "aaa", "sta')
  expect(store.read(cell)).toBeUndefined()
})
