import { describe, expect, test } from 'vitest'
import { always } from './answers.ts'
import type { Thrown } from './children/throwing.ts'
import { engines } from './engines.ts'
import { runChild } from './run-child.ts'
import { testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

// In a process of its own: an uncaught exception is the test runner's otherwise.
describe.each(engines)('$name', { concurrent: true, timeout: testTimeout }, ({ name }) => {
  test('what a callback of the caller throws goes where it would without a pool, and its place comes back', async () => {
    const origin = await server().listen({ connections: [always('ok')] })
    const failing = await server().listen({ connections: [['request', 'rst']] })
    const { reports, stderr, code } = await runChild('throwing', { engine: name, url: origin.url, other: failing.url, name: '' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const all = reports as Thrown[]
    const natives = new Map(all.filter(({ as }) => as === 'native').map((one) => [one.place, one]))
    // The comparison is of something: callbacks do throw into the void.
    expect([...natives.values()].flatMap(({ uncaught }) => uncaught)).not.toEqual([])
    expect(natives.size).toBeGreaterThanOrEqual(5)
    expect(all).toHaveLength(4 * natives.size)
    for (const { place, as, uncaught, stats, ended, next, last } of all) {
      const native = natives.get(place)
      expect({ place, as, uncaught }).toEqual({ place, as, uncaught: native?.uncaught })
      if (native?.next === 'ok') expect({ place, as, next }).toEqual({ place, as, next: 'ok' })
      // A listener of 'close' that throws keeps node:http from giving up the socket, with its own agent as with a pool's.
      const stuck = name === 'node-http' && place === 'close'
      expect({ place, as, last }).toEqual({ place, as, last: stuck ? null : 'ok' })
      expect(stats === null).toBe(as === 'native')
      if (stats === null) continue
      expect({ place, as, ...stats }).toMatchObject({ place, as, sockets: stats.open })
      if (!stuck) expect({ place, as, ...stats }).toMatchObject({ place, as, active: 0, pending: 0 })
      expect({ place, as, ...ended }).toMatchObject({ place, as, open: 0, sockets: 0 })
    }
  })
})
