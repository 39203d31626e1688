import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mismatches } from './compare.ts'
import type { Engine } from './difference.ts'
import { groupsOf, replayAll } from './groups.ts'
import { type Row, reference, workloadOf } from './reference.ts'
import { type Replay, Replayer } from './replay.ts'

/** All replays of one engine take some 15 s, start before the first test, and are slowed down on a busy machine. */
const timeout = 1_200_000

/** Every recorded row against what polypool does on this engine with the same settings. */
export function describeReplays(engine: Engine): void {
  describe(`behaves as the libraries do, on ${engine}`, () => {
    let replayer: Replayer
    let replays: ReadonlyMap<Row, Promise<Replay>>

    beforeAll(async () => {
      replayer = await Replayer.open(engine)
      replays = replayAll(replayer, groupsOf(reference.results))
    })

    afterAll(() => replayer.close())

    it.each(reference.results.map((row) => [`${workloadOf(row)} ${row.library} ${row.set}`, row] as const))(
      '%s',
      async (_, row) => {
        const replay = await replays.get(row)
        if (!replay) throw new Error('was not replayed')
        expect(mismatches(row, engine, replay)).toEqual([])
      },
      timeout,
    )
  })
}
