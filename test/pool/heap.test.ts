import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Heap, HeapNode } from '../../src/pool/heap.ts'
import { draws } from '../draws.ts'

const steps = fc.array(
  fc.record({
    do: fc.constantFrom('set' as const, 'set' as const, 'delete' as const),
    node: fc.nat({ max: 14 }),
    key: fc.nat({ max: 20 }),
  }),
  { maxLength: 120 },
)

test('a heap gives the smallest key, and the smallest of the others, as a sorted array does', () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const heap = new Heap<number>()
      const nodes = Array.from({ length: 15 }, (_, i) => new HeapNode(i))
      const naive = new Map<number, number>()
      const smallest = (except = -1) => Math.min(...[...naive].filter(([node]) => node !== except).map(([, key]) => key))
      for (const { do: step, node, key } of steps) {
        const place = nodes[node] as HeapNode<number>
        if (step === 'set') {
          heap.set(place, key)
          naive.set(node, key)
        } else {
          heap.delete(place)
          naive.delete(node)
        }
        expect(heap.size).toBe(naive.size)
        expect(heap.top?.key ?? Number.POSITIVE_INFINITY).toBe(smallest())
        for (const other of nodes) {
          const beside = heap.topBeside(other)
          expect(beside?.key ?? Number.POSITIVE_INFINITY).toBe(smallest(other.owner))
          expect(beside).not.toBe(other)
          expect(other.index !== -1).toBe(naive.has(other.owner))
        }
      }
      const drained: number[] = []
      for (let top = heap.top; top !== undefined; top = heap.top) {
        drained.push(top.key)
        heap.delete(top)
      }
      expect(drained).toEqual([...naive.values()].sort((x, y) => x - y))
    }),
    { numRuns: draws(300) },
  )
})

/** A node that counts how often its key is looked at. */
class CountedNode extends HeapNode<number> {
  static reads = 0

  static at(owner: number): CountedNode {
    const node = new CountedNode(owner)
    let key = 0
    Object.defineProperty(node, 'key', {
      get: () => {
        CountedNode.reads++
        return key
      },
      set: (value: number) => {
        key = value
      },
    })
    return node
  }
}

/** Looks at keys per insertion and removal in a heap of that many, keys in the order of a shuffled deck. */
function cost(size: number): number {
  const heap = new Heap<number>()
  const nodes = Array.from({ length: size }, (_, i) => CountedNode.at(i))
  for (const [i, node] of nodes.entries()) heap.set(node, (i * 7919) % size)
  CountedNode.reads = 0
  for (let i = 0; i < 1000; i++) {
    const node = nodes[(i * 104_729) % size] as CountedNode
    heap.delete(node)
    heap.set(node, (i * 31) % size)
  }
  return CountedNode.reads / 1000
}

test('an operation looks at a number of keys that grows with the logarithm of the size', () => {
  const [small, large] = [cost(1000), cost(100_000)]
  // log2 grows from 10 to 17; a level costs at most four looks, and each of both operations may go all the way.
  expect(large / small).toBeLessThan(2.5)
  expect(large).toBeLessThan(2 * 17 * 4)
})
