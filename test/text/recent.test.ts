import { expect, test } from 'vitest'
import { Recent } from '../../src/text/recent.ts'

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `key ${from + index}`)

test('what was set or asked for among the last half of the keys is there', () => {
  const recent = new Recent<number>(10)
  recent.set('used', 1)
  recent.set('unused', 2)
  for (const key of keys(0, 100)) {
    recent.set(key, 0)
    expect(recent.get('used')).toBe(1)
  }
  expect(recent.peek('unused')).toBeUndefined()
  expect(keys(96, 100).map((key) => recent.peek(key))).toEqual([0, 0, 0, 0])
})

test.each([2, 9, 10])('of any number of keys at most %i are there, and the newest is', (most) => {
  const recent = new Recent<number>(most)
  const all = keys(0, 100)
  for (const key of all) {
    recent.set(key, 0)
    expect(recent.peek(key)).toBe(0)
    expect(all.filter((one) => recent.peek(one) !== undefined).length).toBeLessThanOrEqual(most)
  }
})

test('to look at a key without asking for it does not keep it', () => {
  const recent = new Recent<number>(4)
  recent.set('seen', 1)
  for (const key of keys(0, 4)) {
    recent.peek('seen')
    recent.set(key, 0)
  }
  expect(recent.peek('seen')).toBeUndefined()
})

test('a key that was set anew has its new value, and one that was deleted or cleared has none, however long it was there', () => {
  const recent = new Recent<number>(4)
  for (const key of keys(0, 3)) recent.set(key, 0)
  recent.set('key 0', 1)
  recent.set('key 0', 2)
  expect(recent.get('key 0')).toBe(2)
  for (const key of keys(0, 4)) recent.delete(key)
  expect(keys(0, 4).filter((key) => recent.peek(key) !== undefined)).toEqual([])
  recent.set('key 0', 1)
  recent.clear()
  expect(recent.peek('key 0')).toBeUndefined()
})
