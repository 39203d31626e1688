import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { findProgram } from '../programs.ts'
import { Random } from '../random.ts'
import { wallClock } from '../time.ts'
import { Chaos } from './chaos.ts'

// For longer by hand: CHAOS_MINUTES=30 npx vitest run --project long test/fleet/chaos
const minutes = Number(process.env.CHAOS_MINUTES ?? 2)
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))
const server = findProgram('redis-server') ?? ''

it.skipIf(server === '')(
  'never more than the budget is open, whatever becomes of the processes, their network and the store',
  async () => {
    const random = new Random(seed)
    const chaos = await Chaos.start(server, random)
    try {
      const passed = wallClock()
      while (passed() < minutes * 60_000) {
        chaos.next()
        await sleep(random.whole(50, 700))
        expect(await chaos.peak(), `seed ${seed}`).toBeLessThanOrEqual(chaos.maxConnections)
      }
      const shares = await chaos.calm()
      const [peak, served] = [await chaos.peak(), await chaos.served()]
      console.log(
        `seed ${seed}: peak ${peak} of ${chaos.maxConnections}, ${served} answers, ${JSON.stringify(chaos.done)}, at last ${shares}`,
      )
      expect(peak, `seed ${seed}`).toBeLessThanOrEqual(chaos.maxConnections)
      expect(served).toBeGreaterThan(0)
    } finally {
      await chaos.stop()
    }
  },
  Math.max(600_000, minutes * 120_000),
)
