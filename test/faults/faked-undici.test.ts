import { describe, expect, test } from 'vitest'
import { always } from './answers.ts'
import type { FakedReport } from './children/faked-undici.ts'
import { undiciEngines } from './engines.ts'
import { runChild } from './run-child.ts'
import { testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

describe.each(undiciEngines)('$name', { concurrent: true, timeout: 3 * testTimeout }, ({ name }) => {
  test('a connection that has idled is used while timers are faked, which undici itself does not survive, and afterwards', async () => {
    const { url } = await server().listen({ connections: [always('ok')] })
    const { reports, stderr, code } = await runChild('faked-undici', { engine: name, url, other: '', name: '' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const all = reports as readonly FakedReport[]
    expect(all.length).toBe(4)
    for (const { answers, created, active } of all) {
      expect({ answers, created, active }).toEqual({ answers: answers.map(() => 'ok'), created: 1, active: 0 })
    }
  })
})
