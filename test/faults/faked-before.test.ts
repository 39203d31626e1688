import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clientNames } from '../../src/clients/index.ts'
import { HoldingServer } from './holding-server.ts'
import { runChild } from './run-child.ts'

const sinon = 'setImmediate,setTimeout,setInterval,performance,hrtime,Date'

const server = new HoldingServer()
let url: string

beforeAll(async () => {
  url = await server.listen()
})

afterAll(() => server.close())

describe.each(['node:test', sinon, `${sinon},queueMicrotask`])('%s', { concurrent: true }, (by) => {
  // undici itself reads an answer by queueMicrotask, and hangs natively.
  const answered = clientNames.filter((driver) => !by.includes('queueMicrotask') || (driver !== 'undici' && driver !== 'fetch'))

  test.each(answered)('%s: faked before polypool is loaded, all that takes time works', async (driver) => {
    const { reports, stderr, code } = await runChild('faked-before', { driver, url, by })
    const answers = ['ok', 'ok', 'ok', 'ok']
    expect({ code, stderr, reports }).toEqual({
      code: 0,
      stderr: '',
      reports: [{ answers, waited: 'ERR_POOL_ACQUIRE_TIMEOUT', open: 0, after: 'ok' }],
    })
  })
})
