import { expect, test } from 'vitest'
import { accepts, nearMisses, testedNodes, testedVersions } from '../../scripts/matrix/versions.ts'

const published = ['6.21.0', '7.0.0', '7.27.0', '7.27.1', '7.30.2', '8.0.0', '8.1.0', '8.2.0', '8.12.4', '9.0.0-beta.1', '9.0.0']

test('the lowest of each part of a range and the newest of each major are tested', () => {
  expect(testedVersions(published, { range: '^7.27.1 || ^8.2.0' })).toEqual(['7.27.1', '7.30.2', '8.2.0', '8.12.4'])
})

test('a range over several majors has one lowest', () => {
  const got = ['13.0.0', '14.0.0', '14.6.6', '15.0.0', '15.1.0', '16.1.0', '17.0.0-rc.1', '17.0.0']
  expect(testedVersions(got, { range: '>=14 <17' })).toEqual(['14.0.0', '14.6.6', '15.1.0', '16.1.0'])
})

test('a version that is lowest and newest is there once', () => {
  expect(testedVersions(['3.3.1', '3.3.2', '4.0.0-beta.1'], { range: '^3.3.2' })).toEqual(['3.3.2'])
})

test('so is what lies between and is known to differ, once', () => {
  const undici = ['7.27.1', '8.2.0', '8.10.2', '8.11.0', '8.11.2', '8.12.0', '8.12.4', '8.13.1']
  const range = '^7.27.1 || ^8.2.0'
  const all = ['7.27.1', '8.2.0', '8.11.0', '8.12.4', '8.13.1']
  expect(testedVersions(undici, { range, landmarks: ['8.11.0', '~8.12.0'] })).toEqual(all)
  expect(testedVersions(undici.slice(0, -1), { range, landmarks: ['8.11.0', '~8.12.0'] })).toEqual(all.slice(0, -1))
  expect(testedVersions(undici, { range, landmarks: ['~8.9.0', '~9.0.0'] })).toEqual(['7.27.1', '8.2.0', '8.13.1'])
})

test('near misses are the newest outside the range, from one major below', () => {
  expect(nearMisses(published, '^7.27.1 || ^8.2.0')).toEqual(['6.21.0', '7.27.0', '8.1.0'])
  expect(nearMisses(['3.5.3', '4.4.0', '4.5.0', '5.0.0'], '^4.5.0')).toEqual(['3.5.3', '4.4.0'])
})

test('Nodes are the lowest that is declared and the newest of each line', () => {
  const nodes = ['18.20.8', '20.18.3', '20.19.0', '20.20.2', '21.7.3', '22.22.3', '22.3.0', '24.0.0', '24.1.0-nightly']
  expect(testedNodes(nodes, '>=20.19', [20, 22, 24])).toEqual(['20.19.0', '20.20.2', '22.22.3', '24.0.0'])
})

test.each([
  [undefined, '20.19.0', true],
  ['>=22.19.0', '22.18.0', false],
  ['>=22.19.0', '22.19.0', true],
  ['^12.20.0 || ^14.13.1 || >=16.0.0', '20.19.0', true],
])('engines %s on Node %s: %s', (engines, node, expected) => {
  expect(accepts(engines, node)).toBe(expected)
})
