import { expect, inject, it } from 'vitest'
import { type Client, type Format, formats, type Measured, measure } from './measuring.ts'
import type { Ended } from './run.ts'

interface Program {
  /** In the program's order. */
  readonly clients: readonly string[]
  /** Those that do not work there, and must say so. */
  readonly refused?: readonly string[]
  /** Those whose pool errors arrive there as no more than their text. */
  readonly wordsOnly?: readonly string[]
  /** Config files that can be loaded there. Default all. */
  readonly read?: readonly Format[]
  /** Makes the program if need be, and runs it with its one argument. */
  start(plan: string): Promise<Ended>
}

/** Of programs/measure.cjs: all of its requests, and what of them is beyond two connections and a queue of one. */
const requests = 12
const beyond = 9

/** One test for each thing that a program of programs/ does; the first of them runs it. */
export function describeProgram({ clients, refused = [], wordsOnly = [], read = formats, start }: Program): void {
  let running: Promise<Measured> | undefined
  const measured = () => {
    running ??= measure(clients, read, inject('places').outside, start)
    return running
  }
  it('says nothing, and ends by itself', async () => {
    const { code, stderr } = (await measured()).ended
    expect(stderr, stderr).toBe('')
    expect(code).toBe(0)
  })

  it.each(clients.filter((client) => !refused.includes(client)))('%s: the cap holds, all is answered', async (client) => {
    const expected = { answers: requests, refused: wordsOnly.includes(client) ? 0 : beyond, read: 2, peak: 2, opened: 2 }
    expect(working((await measured()).clients[client])).toEqual(expected)
  })

  if (refused.length > 0) {
    it.each(refused)('%s: refused, and nothing has been sent', async (client) => {
      const { code, message, opened } = (await measured()).clients[client] ?? {}
      expect({ code, message, opened }).toEqual({ code: 'ERR_POOL_UNSUPPORTED', message: expect.any(String), opened: 0 })
    })
  }

  it.each(read)('loadPools reads %s, its cap holds', async (format) => {
    expect(working((await measured()).files[format])).toEqual({ answers: requests, peak: 2, opened: 2 })
  })
}

/** Throws what a client has thrown, rather than that it is not what was expected. */
function working(client: Client | undefined): Client | undefined {
  if (client?.message !== undefined) throw new Error(`${client.code ?? ''} ${client.message}`)
  return client
}
