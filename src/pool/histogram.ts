import type { HistogramSummary } from '../adapter.ts'

/** Each power of two has so many buckets: what is told of a value is right to half a bucket, 3 %. */
const bitsPerOctave = 4

/** The least value that is told apart from 0, and the one from which on all are alike: 1 µs and 50 days, if they are milliseconds. */
const leastExponent = -10
const mostExponent = 32

const shift = 20 - bitsPerOctave
const firstIndex = (1023 + leastExponent) << bitsPerOctave
const size = ((mostExponent - leastExponent) << bitsPerOctave) + 1

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
/** Where the half of a number is that holds its exponent. */
const high = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0

/** The bucket of a number: its exponent and the first bits of its fraction, as they lie in memory. */
function indexOf(value: number): number {
  float[0] = value
  return Math.min(Math.max(((words[high] as number) >>> shift) - firstIndex + 1, 0), size - 1)
}

/** The least number of a bucket. */
function leastOf(index: number): number {
  if (index === 0) return 0
  words[1 - high] = 0
  words[high] = (index - 1 + firstIndex) << shift
  return float[0] as number
}

/** Counts values in logarithmic buckets: 5 kB, however many there are; recording one allocates nothing. */
export class Histogram {
  readonly #counts = new Float64Array(size)
  #count = 0
  #sum = 0
  #max = 0

  /** @param value 0 or more */
  record(value: number): void {
    const index = indexOf(value)
    this.#counts[index] = (this.#counts[index] as number) + 1
    this.#count++
    this.#sum += value
    if (value > this.#max) this.#max = value
  }

  /** @param bounds of cumulative buckets, rising */
  summary(bounds?: readonly number[]): HistogramSummary {
    const [p50, p95, p99] = this.#quantiles([0.5, 0.95, 0.99]) as [number, number, number]
    const told = { count: this.#count, sum: this.#sum, p50, p95, p99, max: this.#max }
    return bounds === undefined ? told : { ...told, buckets: this.#cumulative(bounds) }
  }

  /** Values that such parts of all do not exceed. */
  #quantiles(parts: readonly number[]): number[] {
    const values: number[] = []
    let index = -1
    let seen = 0
    for (const part of parts) {
      const rank = Math.max(1, Math.ceil(part * this.#count))
      while (seen < rank && index < size - 1) seen += this.#counts[++index] as number
      values.push(this.#count === 0 ? 0 : Math.min(this.#middleOf(index), this.#max))
    }
    return values
  }

  #middleOf(index: number): number {
    return index === size - 1 ? this.#max : (leastOf(index) + leastOf(index + 1)) / 2
  }

  /** A bucket counts where its middle does. */
  #cumulative(bounds: readonly number[]): number[] {
    let index = 0
    let seen = 0
    return bounds.map((bound) => {
      while (index < size && Math.min(this.#middleOf(index), this.#max) <= bound) seen += this.#counts[index++] as number
      return seen
    })
  }
}
