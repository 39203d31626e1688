import { type Note, type PoolConfig, PoolConfigError, type Reading } from 'polypool'
import type { Dialect } from 'polypool/dialects'
import { attempt, besideOthers, certainNotes, differing, readingsOf, type Trial } from '../shared/trial.ts'
import { type Filling, probesFor, settingsObject, variantsOf } from './probes.ts'

/** What is known of a pool's settings, and what is not. */
export interface Question {
  readonly certain: readonly Filling[]
  /** For each thing unknown the settings that it may decide. */
  readonly doubts: readonly (readonly string[])[]
}

export interface TrialAnswer {
  /** Without the fields that hang on anything unknown. */
  readonly config: PoolConfig
  /** The notes that hold whatever the unknown values are. */
  readonly notes: readonly Note[]
  /** For each field the certain settings that it changes with, by their indices. */
  readonly origins: ReadonlyMap<string, readonly number[]>
  /** For each doubt the fields that it decides. */
  readonly decided: readonly (readonly string[])[]
}

/**
 * Asks a dialect what settings mean of which some are unknown. Equal questions are asked once.
 */
export class Trials {
  readonly #answers = new Map<string, TrialAnswer>()
  readonly #version: string | undefined

  constructor(version: string | undefined) {
    this.#version = version
  }

  /** @throws PoolConfigError for what can't be meant, whatever is unknown */
  answer(dialect: Dialect, question: Question): TrialAnswer {
    const infinite = (_: string, value: unknown) => (value === Number.POSITIVE_INFINITY ? 'Infinity' : value)
    const key = JSON.stringify([dialect.name, question], infinite)
    const known = this.#answers.get(key)
    if (known) return known
    const answer = new Asking(dialect, question, this.#version).answer()
    this.#answers.set(key, answer)
    return answer
  }
}

class Asking {
  readonly #dialect: Dialect
  readonly #question: Question
  readonly #version: string | undefined
  readonly #trial: Trial<string>

  constructor(dialect: Dialect, question: Question, version: string | undefined) {
    this.#dialect = dialect
    this.#question = question
    this.#version = version
    this.#trial = { read: (fillings) => this.#attempt([...fillings]), probesFor: (path) => probesFor(dialect, path) }
  }

  answer(): TrialAnswer {
    const base = this.#base()
    const { doubts } = this.#question
    const tried = doubts.map((paths) => paths.map((path) => ({ path, readings: this.#readings(path) })))
    const decided = tried.map((one) => [
      ...new Set(one.flatMap(({ path, readings }) => [...this.#decidedBy(path, readings), ...this.#besideOthers(path)])),
    ])
    const unknown = new Set(decided.flat())
    const entries = Object.entries(base.config).filter(([field, value]) => value !== undefined && !unknown.has(field))
    return {
      config: Object.fromEntries(entries),
      notes: certainNotes([base, ...tried.flat().flatMap(({ readings }) => readings)]),
      origins: this.#origins(base),
      decided,
    }
  }

  /** Where only one value is possible, nothing shows what hangs on it: then it is what the setting is declared for. */
  #decidedBy(path: string, readings: readonly Reading[]): readonly string[] {
    return readings.length === 1 ? (this.#dialect.support.settings[path]?.fields ?? []) : differing(readings)
  }

  #read(more: readonly Filling[], without?: string): Reading {
    const { certain } = this.#question
    return this.#dialect.read(settingsObject([...certain.filter(([path]) => path !== without), ...more]), {
      version: this.#version,
    })
  }

  #attempt(more: readonly Filling[], without?: string): Reading | undefined {
    return attempt(() => this.#read(more, without))
  }

  /** Without what is unknown; where that is refused, with something in its place. */
  #base(): Reading {
    try {
      return this.#read([])
    } catch (error) {
      if (!(error instanceof PoolConfigError)) throw error
      const doubtful = this.#question.doubts.flat()
      for (const path of doubtful) {
        for (const probe of probesFor(this.#dialect, path)) {
          const reading = this.#attempt([[path, probe]])
          if (reading) return reading
        }
      }
      // Several may be needed at once, such as the steps of a timeout.
      const together = this.#attempt(doubtful.map((path) => [path, 7]))
      if (together) return together
      throw error
    }
  }

  #readings(path: string, beside?: ReadonlyMap<string, unknown>): Reading[] {
    const { without, probed } = readingsOf(this.#trial, [path], beside)
    return without ? [without, ...probed] : probed
  }

  #besideOthers(path: string): string[] {
    const others = this.#question.doubts.flatMap((paths) => (paths.length === 1 && !paths.includes(path) ? paths : []))
    return besideOthers(others).flatMap((beside) => differing(this.#readings(path, beside)))
  }

  #origins(base: Reading): Map<string, number[]> {
    const origins = new Map<string, number[]>()
    for (const [index, [path, value]] of this.#question.certain.entries()) {
      const changed = variantsOf(value).map((variant) => this.#attempt([[path, variant]], path))
      // Nothing is next to a text, or to an empty group, but none at all.
      if (typeof value === 'object' || typeof value === 'string') changed.push(this.#attempt([], path))
      for (const field of differing([base, ...changed.filter((one) => one !== undefined)])) {
        const known = origins.get(field)
        if (known) known.push(index)
        else origins.set(field, [index])
      }
    }
    return origins
  }
}
