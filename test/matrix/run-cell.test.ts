import { describe, expect, test } from 'vitest'
import { planCells } from '../../scripts/matrix/cells.ts'
import { matrixClients } from '../../scripts/matrix/clients.ts'
import { outcomeOf, refusalOf } from '../../scripts/matrix/run-cell.ts'

const line = (scenario: string, status: string, error?: string) =>
  `${JSON.stringify({ client: 'got', scenario, status, ms: 1, error })}\n`
const end = (passed: number, absent: number, failed: number) => `${JSON.stringify({ passed, absent, failed })}\n`

describe('a suite', () => {
  test('that came to its end without a failure has passed', () => {
    const stdout = line('caps/total', 'passed') + line('caps/idle', 'absent') + end(1, 1, 0)
    expect(outcomeOf({ stdout, stderr: '', code: 0 })).toEqual({
      status: 'passed',
      counts: { passed: 1, absent: 1, failed: 0 },
      failures: [],
    })
  })

  test('names what failed', () => {
    const stdout = line('caps/total', 'passed') + line('caps/idle', 'failed', 'expected 1, got 2') + end(1, 0, 1)
    expect(outcomeOf({ stdout, stderr: '', code: 1 })).toMatchObject({
      status: 'failed',
      failures: [{ scenario: 'got caps/idle', error: 'expected 1, got 2' }],
    })
  })

  test('that ended half-way has failed, with the first lines of what it said', () => {
    const stdout = `${line('caps/total', 'passed')}{"client":"got","scen`
    expect(outcomeOf({ stdout, stderr: 'Error: boom\n  at a\n  at b\n  at c\n  at d\n  at e\n', code: 134 })).toMatchObject({
      status: 'failed',
      counts: { passed: 1 },
      failures: [
        { scenario: 'the suite ended with code 134 before its end', error: 'Error: boom\n  at a\n  at b\n  at c\n  at d' },
      ],
    })
  })

  test('that ended half-way with code 0 has failed as well, and one that ran nothing', () => {
    expect(outcomeOf({ stdout: line('caps/total', 'passed'), stderr: '', code: 0 }).status).toBe('failed')
    expect(outcomeOf({ stdout: end(0, 0, 0), stderr: '', code: 0 }).status).toBe('failed')
  })

  test('that had to be ended says so', () => {
    expect(outcomeOf({ stdout: '', stderr: '', code: null }).failures[0]?.scenario).toContain('was ended after 15 minutes')
  })
})

describe('a pair that is not supported', async () => {
  const registry = {
    undici: { versions: ['6.29.1', '7.27.1'], engines: {} },
    axios: { versions: ['1.1.0'], engines: {} },
    got: { versions: ['15.1.0'], engines: { '15.1.0': '>=22' } },
    'node-fetch': { versions: ['3.3.2'], engines: {} },
    agentkeepalive: { versions: ['4.5.0'], engines: {} },
  }
  const cells = planCells({ clients: matrixClients, nodes: ['20.19.0'], registry })
  const cellOf = (name: string, version: string) => {
    const found = cells.find(({ client, ...cell }) => client.name === name && cell.version === version)
    if (!found) throw new Error(`no cell of ${name} ${version}`)
    return found
  }
  const undici = cellOf('undici', '6.29.1')
  const got = cellOf('got', '15.1.0')
  const clear = { code: 'ERR_POOL_UNSUPPORTED', message: 'undici 6.29.1 is not supported: npm install undici@7' }

  test('is refused by createPool, with what to install', () => {
    expect(refusalOf(undici, { imported: null, pool: clear })).toMatchObject({ status: 'refused', refusal: clear.message })
  })

  test('is refused by the import of its adapter where it is missing, or where it can’t be imported itself', () => {
    const without = { ...undici, kind: 'missing' as const }
    const missing = { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'undici' imported from /a/b.js" }
    expect(refusalOf(without, { imported: missing.message, pool: missing })).toMatchObject({
      status: 'refused',
      refusal: "Cannot find package 'undici'",
    })
    expect(refusalOf(undici, { imported: null, pool: missing }).status).toBe('failed')
    const elsewhere = { ...undici, kind: 'other-node' as const }
    const broken = { message: "reading 'bind'" }
    expect(refusalOf(elsewhere, { imported: broken.message, pool: broken })).toMatchObject({
      status: 'refused',
      refusal: "the client itself: reading 'bind'",
    })
    expect(refusalOf(elsewhere, { imported: null, pool: broken }).status).toBe('failed')
  })

  test.each([
    ['a pool is made', null, 'createPool made a pool'],
    ['another error comes', { message: "reading 'bind'" }, "reading 'bind'"],
    ['the message does not help', { ...clear, message: 'undici 6.29.1 is not supported' }, 'is not supported'],
  ])('fails where %s', (_what, pool, error) => {
    const outcome = refusalOf(undici, { imported: null, pool })
    expect(outcome.status).toBe('failed')
    expect(outcome.failures[0]?.error).toContain(error)
  })

  test('is the business of a client that polypool does not load', () => {
    expect(refusalOf(got, { imported: 'needs Node 22', pool: null }).refusal).toBe('the client itself: needs Node 22')
    expect(refusalOf(got, { imported: null, pool: null })).toMatchObject({
      status: 'refused',
      refusal: 'nothing refuses it: npm warns when it is installed',
    })
  })
})
