// How tests measure time, so that they hold on a machine that has much else to do: see time-rule.test.ts.
import { LagMeter } from '../cli/src/conformance/lag.ts'
import { probeNow } from '../cli/src/conformance/probe/clock.ts'

const lag = new LagMeter()

/**
 * The milliseconds since its call but for those in which this process's event loop was late: all that a pool in it can answer for.
 * For upper bounds.
 */
export function stopwatch(): () => number {
  const from = probeNow()
  return () => {
    const to = probeNow()
    return to - from - lag.within({ from, to })
  }
}

/**
 * The same for a deadline of a pool that is so long: one that met a busy event loop is put off once, by as long as that was late and at
 * most by its own length (rule 5), and that does not count either.
 */
export function deadlineWatch(duration: number): () => number {
  const from = probeNow()
  return () => {
    const span = { from, to: probeNow() }
    return span.to - from - lag.within(span) - Math.min(lag.longestWithin(span), duration)
  }
}

/** The milliseconds since its call, all of them: for lower bounds, which no busy machine can break. */
export function wallClock(): () => number {
  const from = probeNow()
  return () => probeNow() - from
}

const processor = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Processor time that a synchronous call takes, in ms: what else the machine does meanwhile takes none of it. */
function processorTime(work: () => void): number {
  const start = processor()
  work()
  return processor() - start
}

let standard = 0

/** Some ten milliseconds of the sort of work that readers of texts do. */
function standardWork(): void {
  const words = Array.from({ length: 8000 }, (_, at) => `word-${(at * 7919) % 8000}`)
  JSON.parse(JSON.stringify(words.sort().map((word) => ({ word, parts: word.split('-') }))))
}

/** The processor time since its call, in multiples of a standard piece of work that was measured on the same machine. */
export function effort(): () => number {
  if (standard === 0) standard = Math.min(...Array.from({ length: 10 }, () => processorTime(standardWork)))
  const start = processor()
  return () => (processor() - start) / standard
}

/** How many times the processor time of the one the other takes: the median of pairs, each measured one right after the other. */
export function timesAsMuch(few: () => void, many: () => void, rounds = 9): number {
  const ratios: number[] = []
  // The first rounds warm both up.
  for (let round = -2; round < rounds; round++) {
    const small = processorTime(few)
    const large = processorTime(many)
    // The system may count in ticks of some milliseconds.
    if (round >= 0) ratios.push(large / Math.max(small, 1))
  }
  return ratios.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN
}

/** Milliseconds after which something hangs that takes some on a quiet machine. For waiting, not for measuring. */
export const hangs = 60_000
