import type { ConformanceClient } from './client.ts'
import type { Scheme } from './probe/types.ts'
import type { Scenario } from './scenario.ts'
import { scenarios as all } from './scenarios/index.ts'

/** One scenario to be run for one client. */
export interface Case {
  readonly client: ConformanceClient
  readonly scenario: Scenario
  readonly scheme: Scheme
  readonly peer: ConformanceClient | null
  /** The scenario's id, and the variant where there are several: `caps/total https`, `shared/total + undici`. */
  readonly name: string
}

export interface PlanOptions {
  readonly clients: readonly ConformanceClient[]
  /** Clients that may be the second one; default: `clients`. */
  readonly peers?: readonly ConformanceClient[]
  /** Only cases whose name contains this. */
  readonly filter?: string
  readonly scenarios?: readonly Scenario[]
}

/** Every case that applies: a client is not asked for what it can't do. */
export function planCases({ clients, peers = clients, filter = '', scenarios = all }: PlanOptions): Case[] {
  return clients.flatMap((client) =>
    scenarios
      .filter((scenario) => applies(scenario, client))
      .flatMap((scenario) => variants(scenario, client, peers))
      .filter(({ name }) => name.includes(filter)),
  )
}

function applies({ needs = [], only, startsClient = false }: Scenario, { driver, module, source }: ConformanceClient): boolean {
  if (only && !only.includes(driver.name)) return false
  if (startsClient && !source) return false
  const lacks = driver.lacks?.(module) ?? []
  return needs.every((ability) => driver.abilities.includes(ability) && !lacks.includes(ability))
}

function variants(scenario: Scenario, client: ConformanceClient, known: readonly ConformanceClient[]): Case[] {
  const { id, schemes = ['http'], peers } = scenario
  const seconds = peers ? known.filter((peer) => peers.includes(peer.driver.name)) : [null]
  return schemes.flatMap((scheme) =>
    seconds.map((peer) => {
      const name = [id, ...(schemes.length > 1 ? [scheme] : []), ...(peer ? [`+ ${peer.name}`] : [])].join(' ')
      return { client, scenario, scheme, peer, name }
    }),
  )
}
