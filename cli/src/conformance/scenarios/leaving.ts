import type { ScenarioContext } from '../context.ts'
import { failedByItself, type Outcome } from '../expect.ts'

/** The contract: an abort is heard within this, in ms, and so is whatever else settles a request that waits. */
export const promptly = 50

/** Gives a request up, which is heard at once. */
export async function leave(context: ScenarioContext, abort: AbortController, left: Promise<Outcome>): Promise<void> {
  const start = performance.now()
  abort.abort()
  failedByItself(await left, 'the aborted request')
  context.took(performance.now() - start, 0, promptly, 'from abort to rejection')
}
