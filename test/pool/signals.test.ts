import { expect, onTestFinished, test } from 'vitest'
import { subscribe } from '../../src/observe/channels.ts'
import { a, start } from './start.ts'

test('a connection that is taken, and lost while that is told, is not given to the request', () => {
  const engine = start()
  onTestFinished(subscribe('polypool:acquire:grant', () => void engine.member.destroy()))
  const request = engine.ask(a)
  expect(request.connection).toBeNull()
  expect(request.error?.code).toBe('ERR_POOL_CLOSED')
})
