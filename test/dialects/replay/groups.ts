import { parsePoolConfig } from '../../../src/config/parse.ts'
import type { PoolConfig } from '../../../src/config/types.ts'
import { configOf } from './config-of.ts'
import { type ReferenceScenario, type Row, scenarioOf, workloadOf } from './reference.ts'
import type { Replay, Replayer } from './replay.ts'

/** Rows that come to the same workload and config: one replay answers for all. */
export interface Group {
  readonly scenario: ReferenceScenario
  readonly config: PoolConfig
  readonly rows: Row[]
}

export function groupsOf(rows: readonly Row[]): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const config = configOf(row)
    const key = `${workloadOf(row)} ${JSON.stringify(parsePoolConfig(config).config, sayInfinity)}`
    const group = groups.get(key)
    if (group) group.rows.push(row)
    else groups.set(key, { scenario: scenarioOf(row), config, rows: [row] })
  }
  return [...groups.values()]
}

/** JSON has no Infinity. */
function sayInfinity(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'unlimited' : value
}

/** Replays at one time: they mostly wait, and more would blur what they time. */
const parallel = 8

/** Starts to replay every group, and gives the replay of each row. */
export function replayAll(replayer: Replayer, groups: readonly Group[]): ReadonlyMap<Row, Promise<Replay>> {
  const replays = new Map<Row, Promise<Replay>>()
  const begin = ({ rows }: Group, replay: Promise<Replay>): Promise<unknown> => {
    for (const row of rows) replays.set(row, replay)
    // That it failed is for the tests of its rows to say.
    return replay.catch(() => {})
  }
  const looksAtTimers = ({ scenario }: Group) => scenario.steps.some(({ op }) => op === 'ss')
  let alone: Promise<unknown> = Promise.resolve()
  for (const group of groups.filter(looksAtTimers)) {
    const { scenario, config } = group
    alone = begin(
      group,
      alone.then(() => replayer.replayAlone(scenario, config)),
    )
  }
  const lanes = Array.from({ length: parallel }, () => alone)
  for (const [index, group] of groups.filter((one) => !looksAtTimers(one)).entries()) {
    const { scenario, config } = group
    const lane = index % parallel
    lanes[lane] = begin(
      group,
      (lanes[lane] ?? alone).then(() => replayer.replay(scenario, config)),
    )
  }
  return replays
}
