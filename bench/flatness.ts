/** What a step costs among few and among many, in microseconds, and how many times as much. Medians over the rounds. */
export interface Flatness {
  readonly few: number
  readonly many: number
  readonly ratio: number
}

/** Alternates steps among few and among many in one run, so that a slow moment of the machine strikes both. */
export function flatness(few: () => void, many: () => void, rounds = 30, steps = 5000): Flatness {
  const pairs: Flatness[] = []
  // The first rounds warm both up.
  for (let round = -5; round < rounds; round++) {
    const first = round % 2 === 0 ? few : many
    const second = round % 2 === 0 ? many : few
    const times = [cost(first, steps), cost(second, steps)] as const
    const [small, large] = round % 2 === 0 ? times : [times[1], times[0]]
    if (round >= 0) pairs.push({ few: small, many: large, ratio: large / small })
  }
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
  return {
    few: median(pairs.map((pair) => pair.few)),
    many: median(pairs.map((pair) => pair.many)),
    ratio: median(pairs.map((pair) => pair.ratio)),
  }
}

function cost(step: () => void, steps: number): number {
  const begin = performance.now()
  for (let done = 0; done < steps; done++) step()
  return ((performance.now() - begin) * 1000) / steps
}
