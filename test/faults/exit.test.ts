import { describe, expect, test } from 'vitest'
import { always, answers } from './answers.ts'
import type { Views } from './children/views.ts'
import { engines } from './engines.ts'
import { runChild } from './run-child.ts'
import { testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

describe.each(engines)('$name: a process ends by itself', { concurrent: true, timeout: testTimeout }, ({ name }) => {
  test.each([
    ['with idle connections', 'idle', 'good'],
    ['with idle connections whose server never ends its side', 'idle', 'half-open'],
    ['after a connection was reset', 'after-fault', 'good'],
    ['after requests have waited', 'after-wait', 'good'],
    ['after close()', 'closed', 'good'],
    ['after destroy(), whose server never ends its side', 'destroyed', 'half-open'],
  ])('%s', async (_, how, kind) => {
    const neverEnds = kind === 'half-open'
    const fragile = [...answers('ok'), 'request', 'rst'] as const
    const origin = await server().listen({ connections: [how === 'after-fault' ? fragile : always('ok')], neverEnds })
    const other = await server().listen({ connections: [always('ok')], neverEnds })
    const { reports, stderr, code } = await runChild('idle', {
      engine: name,
      url: origin.url,
      other: other.url,
      name: how,
    })
    // Nothing keeps it: the limits of its pool are an hour, and it would have been killed long before.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [bodies, stats] = reports as [string[], Views]
    expect(bodies).toEqual(['ok', 'ok', 'ok', 'ok'])
    const ended = how === 'closed' || how === 'destroyed'
    expect(stats).toMatchObject({ active: 0, pending: 0, sockets: stats.open })
    if (ended) expect(stats).toMatchObject({ open: 0, idle: 0 })
    else expect(stats.idle).toBeGreaterThan(1)
  })
})
