import { describe, expect, test } from 'vitest'
import { drivers } from '../../cli/src/conformance/clients/index.ts'
import { type Cell, corners, idOf, longestFirst, only, planCells, titleOf } from '../../scripts/matrix/cells.ts'
import { matrixClients } from '../../scripts/matrix/clients.ts'

const nodes = ['20.19.0', '22.23.3', '26.10.0']
const registry = {
  undici: {
    versions: ['6.29.1', '7.27.0', '7.27.1', '7.30.2', '8.1.0', '8.2.0', '8.11.0', '8.12.4', '8.13.1'],
    engines: {
      '7.27.1': '>=20.18.1',
      '7.30.2': '>=20.18.1',
      ...Object.fromEntries(['8.2.0', '8.11.0', '8.12.4', '8.13.1'].map((version) => [version, '>=22.19.0'])),
    },
  },
  axios: { versions: ['1.0.0', '1.1.0', '1.21.1'], engines: {} },
  got: {
    versions: ['13.0.0', '14.0.0', '14.6.6', '15.1.0', '16.1.0'],
    engines: { '14.0.0': '>=20', '14.6.6': '>=20', '15.1.0': '>=22', '16.1.0': '>=22' },
  },
  'node-fetch': { versions: ['2.6.13', '2.7.0', '3.3.2'], engines: {} },
  agentkeepalive: { versions: ['4.4.0', '4.5.0', '4.6.0'], engines: {} },
}
const clients = matrixClients
const cells = planCells({ clients, nodes, registry })
const of = (kind: Cell['kind']) => cells.filter((cell) => cell.kind === kind)
const name = (cell: Cell) => `${titleOf(cell)} on ${cell.node}`

describe('the plan', () => {
  test('uses every driver of the conformance suite', () => {
    expect(clients.flatMap((client) => client.drivers).sort()).toEqual(drivers.map((driver) => driver.name).sort())
  })

  test('has each cell once, under a name of its own', () => {
    expect(new Set(cells.map(idOf)).size).toBe(cells.length)
    expect(new Set(cells.map(name)).size).toBe(cells.length)
  })

  test('has every client on every Node, unless its package leaves that out', () => {
    expect(of('other-node').map(name)).toEqual([
      ...['undici', 'fetch with undici'].flatMap((title) =>
        ['8.2.0', '8.11.0', '8.12.4', '8.13.1'].map((version) => `${title} ${version} on 20.19.0`),
      ),
      'got 15.1.0 on 20.19.0',
      'got 16.1.0 on 20.19.0',
    ])
    const rows = 6 + 6 + 2 + 4 + 3 + 2 + 1
    expect(of('suite')).toHaveLength(rows * nodes.length - of('other-node').length)
  })

  test('puts the newest undici that takes the Node beside other clients, and never beside itself', () => {
    const packages = Object.fromEntries(cells.filter(({ kind }) => kind === 'suite').map((cell) => [name(cell), cell.packages]))
    expect(packages['got 14.0.0 on 20.19.0']).toEqual({ undici: '7.30.2', got: '14.0.0' })
    expect(packages['node-http on 26.10.0']).toEqual({ undici: '8.13.1' })
    expect(packages['fetch with undici 7.27.1 on 26.10.0']).toEqual({ undici: '7.27.1' })
  })

  test('looks at refusals on the oldest and the newest Node, for what polypool loads', () => {
    expect(of('missing').map(name)).toEqual([
      'undici, not installed on 20.19.0',
      'undici, not installed on 26.10.0',
      'agentkeepalive, not installed on 20.19.0',
      'agentkeepalive, not installed on 26.10.0',
    ])
    expect(
      of('other-version')
        .filter(({ node }) => node === '20.19.0')
        .map(titleOf),
    ).toEqual(['undici 6.29.1', 'undici 7.27.0', 'undici 8.1.0', 'agentkeepalive 4.4.0'])
  })
})

test('corners are the oldest with the oldest and the newest with the newest', () => {
  const chosen = corners(cells)
  expect(chosen.filter(({ kind }) => kind === 'suite').map(name)).toEqual([
    'undici 7.27.1 on 20.19.0',
    'fetch with undici 7.27.1 on 20.19.0',
    'axios 1.1.0 on 20.19.0',
    'got 14.0.0 on 20.19.0',
    'node-fetch 2.6.13 on 20.19.0',
    'agentkeepalive 4.5.0 on 20.19.0',
    'node-http on 20.19.0',
    'undici 8.13.1 on 26.10.0',
    'fetch with undici 8.13.1 on 26.10.0',
    'axios 1.21.1 on 26.10.0',
    'got 16.1.0 on 26.10.0',
    'node-fetch 3.3.2 on 26.10.0',
    'agentkeepalive 4.6.0 on 26.10.0',
    'node-http on 26.10.0',
  ])
  expect(chosen.some(({ node }) => node === '22.23.3')).toBe(false)
  expect(chosen).toEqual(expect.arrayContaining(of('missing')))
})

test('a run begins with what takes longest, and ends with what is to be refused', () => {
  const order = longestFirst(corners(cells))
  expect(order.slice(0, 2).map(name)).toEqual(['undici 7.27.1 on 20.19.0', 'undici 8.13.1 on 26.10.0'])
  const firstRefused = order.findIndex(({ kind }) => kind !== 'suite')
  expect(order.slice(firstRefused).some(({ kind }) => kind === 'suite')).toBe(false)
  expect(new Set(order)).toEqual(new Set(corners(cells)))
})

describe('--only', () => {
  const chosen = (...filters: string[]) => only(cells, filters).map(name)

  test('without filters is everything', () => {
    expect(only(cells, [])).toEqual(cells)
  })

  test('a Node and a client must both fit, several of one sort add up', () => {
    expect(chosen('22', 'node-http', 'agentkeepalive@4.5')).toEqual(['agentkeepalive 4.5.0 on 22.23.3', 'node-http on 22.23.3'])
    expect(chosen('20', '26', 'node-http')).toEqual(['node-http on 20.19.0', 'node-http on 26.10.0'])
  })

  test('takes whole parts of a version', () => {
    expect(chosen('20.19', 'undici@7')).toEqual([
      'undici 7.27.1 on 20.19.0',
      'undici 7.30.2 on 20.19.0',
      'undici 7.27.0 on 20.19.0',
    ])
    expect(() => chosen('2')).toThrow('--only 2: no cell')
  })

  test.each(['ky', 'got@13', '19'])('%s fits nothing, and says so', (filter) => {
    expect(() => chosen(filter)).toThrow(`--only ${filter}: no cell of the matrix is of that client or Node`)
  })
})
