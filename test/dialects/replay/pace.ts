import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { type Facts, isTime } from './facts.ts'
import type { ReferenceScenario, RequestStep, Step } from './reference.ts'

const durations = ['acquireTimeout', 'keepAliveExpiry', 'keepAliveHintMargin', 'maxLifetime'] as const

/** What is longer is no matter to the workloads, and times a pace it could be too long for timers. */
const aMinute = 60_000

/** The same limits, each of their times so many times as long. */
export function slowedConfig(config: PoolConfig, pace: number): PoolConfig {
  const resolved = parsePoolConfig(config).config
  return {
    ...config,
    ...Object.fromEntries(
      durations.map((field) => [field, resolved[field] > aMinute ? resolved[field] : resolved[field] * pace]),
    ),
  }
}

/** The same workload in slow motion. */
export function slowedScenario({ server, steps, ...scenario }: ReferenceScenario, pace: number): ReferenceScenario {
  const { idleCloseMs, kaHeader } = server
  return {
    ...scenario,
    server: {
      ...server,
      ...(idleCloseMs === undefined ? {} : { idleCloseMs: idleCloseMs * pace }),
      ...(kaHeader === undefined
        ? {}
        : { kaHeader: kaHeader.replace(/timeout=(\d+)/, (_, seconds) => `timeout=${Number(seconds) * pace}`) }),
    },
    steps: steps.map((step): Step => {
      if (step.op === 'sleep') return { ...step, ms: step.ms * pace }
      if (step.op === 'burst')
        return { ...step, stagger: step.stagger * pace, reqs: step.reqs.map((one) => slowedRequest(one, pace)) }
      return step
    }),
  }
}

function slowedRequest({ d, holdMs, cancelMs, ...step }: RequestStep, pace: number): RequestStep {
  return {
    ...step,
    d: d * pace,
    ...(holdMs === undefined ? {} : { holdMs: holdMs * pace }),
    ...(cancelMs === undefined ? {} : { cancelMs: cancelMs * pace }),
  }
}

/** What was seen in slow motion, in the time of the recording. */
export function inRealTime(facts: Facts, pace: number): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([field, fact]) => [
      field,
      isTime(field) && Array.isArray(fact) ? (fact as readonly number[]).map((ms) => ms / pace) : fact,
    ]),
  )
}
