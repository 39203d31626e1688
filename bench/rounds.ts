import type { Send } from './subjects.ts'

/** Requests a second, with `inFlight` of them under way at a time. */
export async function rate(send: Send, requests: number, inFlight: number): Promise<number> {
  let left = requests
  const worker = async () => {
    while (left-- > 0) await send()
  }
  const start = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  return requests / ((performance.now() - start) / 1000)
}

/** The same for each second that this process has worked: what else the machine does counts for nothing. */
export async function rateOfWork(send: Send, requests: number, inFlight: number): Promise<number> {
  const before = process.cpuUsage()
  await rate(send, requests, inFlight)
  const { user, system } = process.cpuUsage(before)
  return requests / ((user + system) / 1_000_000)
}

export interface Comparison {
  readonly native: number
  readonly pool: number
  /** Median of the rounds' ratios. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
}

/** Alternates the two in one run, first one then the other first, so that a slow moment of the machine strikes both. */
export async function compare(native: () => Promise<number>, pool: () => Promise<number>, rounds: number): Promise<Comparison> {
  const pairs: { native: number; pool: number }[] = []
  for (let round = -1; round < rounds; round++) {
    const pair = round % 2 === 0 ? { native: await native(), pool: await pool() } : await reversed(native, pool)
    // The first round warms both up.
    if (round >= 0) pairs.push(pair)
  }
  const ratios = pairs.map((pair) => pair.pool / pair.native).sort((a, b) => a - b)
  return {
    native: median(pairs.map((pair) => pair.native)),
    pool: median(pairs.map((pair) => pair.pool)),
    ratio: median(ratios),
    lowest: ratios[0] ?? Number.NaN,
    highest: ratios.at(-1) ?? Number.NaN,
  }
}

async function reversed(native: () => Promise<number>, pool: () => Promise<number>): Promise<{ native: number; pool: number }> {
  const second = await pool()
  return { native: await native(), pool: second }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
