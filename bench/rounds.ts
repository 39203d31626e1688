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

export interface Comparison {
  readonly native: number
  readonly pool: number
  /** Median of the rounds' ratios. */
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
}

/** What both did in one round. */
export interface Pair {
  readonly native: number
  readonly pool: number
}

/** Alternates the two in one run, first one then the other first, so that a slow moment of the machine strikes both. */
export async function compare(native: () => Promise<number>, pool: () => Promise<number>, rounds: number): Promise<Comparison> {
  return comparisonOf(await alternate(native, pool, rounds))
}

export async function alternate(native: () => Promise<number>, pool: () => Promise<number>, rounds: number): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = -1; round < rounds; round++) {
    const pair = round % 2 === 0 ? { native: await native(), pool: await pool() } : await reversed(native, pool)
    // The first round warms both up.
    if (round >= 0) pairs.push(pair)
  }
  return pairs
}

export function comparisonOf(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map(({ native, pool }) => pool / native).sort((a, b) => a - b)
  return {
    native: median(pairs.map(({ native }) => native)),
    pool: median(pairs.map(({ pool }) => pool)),
    ratio: median(ratios),
    lowest: ratios[0] ?? Number.NaN,
    highest: ratios.at(-1) ?? Number.NaN,
  }
}

async function reversed(native: () => Promise<number>, pool: () => Promise<number>): Promise<Pair> {
  const second = await pool()
  return { native: await native(), pool: second }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}
