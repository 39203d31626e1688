import { describe, expect, it, onTestFinished } from 'vitest'
import { findProgram, folderFor, freePort, startProgram } from '../programs.ts'
import { examples, linesOf } from './run.ts'

const redis = findProgram('redis-server')
const example = examples.find(({ name }) => name === 'fleet') ?? expect.unreachable('there is no examples/fleet')

describe.runIf(redis !== undefined)('examples/fleet', () => {
  it('shows what its README says, and keeps the budget', async () => {
    const port = await freePort()
    const folder = folderFor('redis-server')
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
    const { stop } = await startProgram(redis ?? '', args, port, folder)
    onTestFinished(stop)
    const lines = await linesOf(example, { REDIS_URL: `redis://127.0.0.1:${port}` })
    expect(lines).toEqual(example.seen.map((pattern) => expect.stringMatching(pattern)))
    const together = Number(/they have (\d+)/.exec(lines[1] ?? '')?.[1])
    expect(together).toBeGreaterThan(3)
    expect(together).toBeLessThanOrEqual(12)
  })
})
