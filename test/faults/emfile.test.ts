import { describe, expect, test } from 'vitest'
import { hasUnixShell } from '../platform.ts'
import { always } from './answers.ts'
import type { OpenFilesReport } from './children/open-files.ts'
import { engines } from './engines.ts'
import { runChild } from './run-child.ts'
import { testTimeout } from './run-fault.ts'
import { useFaultServer } from './suite.ts'

const server = useFaultServer()

// Windows has no such limit.
describe.skipIf(!hasUnixShell).each(engines)('$name', { concurrent: true, timeout: testTimeout }, ({ name }) => {
  test.each(['http', 'https'] as const)(
    'too few file descriptors, %s: EMFILE reaches the caller, and all is well once there are some',
    async (scheme) => {
      const origin = await server().listen({ scheme, connections: [always('ok')] })
      const { reports, stderr, code } = await runChild('open-files', { engine: name, url: origin.url, other: '', name: '' }, 80)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const [{ codes, answered, during, later, after, closed, uncaught }] = reports as [OpenFilesReport]
      expect(uncaught).toEqual([])
      expect(new Set(codes)).toEqual(new Set(['EMFILE']))
      // The connections that could be opened serve the others.
      expect(answered).toBeGreaterThan(0)
      expect(during).toMatchObject({ active: 0, pending: 0, sockets: during.open })
      expect(later).toEqual(Array.from({ length: 30 }, () => 'ok'))
      expect(after).toMatchObject({ active: 0, pending: 0, sockets: after.open })
      expect(after.open).toBeGreaterThan(0)
      expect(closed).toEqual({ open: 0, active: 0, idle: 0, pending: 0, sockets: 0 })
    },
  )
})
