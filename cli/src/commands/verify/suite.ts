import { loadClient } from '../../conformance/catalog.ts'
import type { ConformanceClient } from '../../conformance/client.ts'
import { describe } from '../../conformance/expect.ts'
import { planCases } from '../../conformance/plan.ts'
import { runConformance } from '../../conformance/run.ts'
import type { Result } from '../../conformance/run-case.ts'
import { Misuse } from '../../io.ts'
import type { Progress } from '../../progress.ts'
import { type Failure, type Group, keyOf, matrixOf } from '../../report/matrix.ts'
import type { Installed } from './installed.ts'

export interface SuiteOptions {
  readonly installed: readonly Installed[]
  readonly filter: string
  readonly progress: Progress
}

export interface SuiteOutcome {
  readonly matrix: readonly Group[]
  readonly failures: readonly Failure[]
  readonly counts: { readonly passed: number; readonly failed: number; readonly absent: number }
}

/** Runs the conformance suite for these clients, and tells how far it is. */
export async function runSuite({ installed, filter, progress }: SuiteOptions): Promise<SuiteOutcome> {
  const clients = await Promise.all(installed.map(load))
  // A second client under the same budget is one of these, where they are installed.
  const peers = clients.filter(({ name }) => name === 'node-http' || name === 'undici')
  const cases = planCases({ clients, peers, filter })
  if (cases.length === 0) throw new Misuse(`no scenario's name contains ${JSON.stringify(filter)}`, { filter })
  const titles = new Map(cases.map((one) => [keyOf(one.client.name, one.name), one.scenario.title]))
  const results: Result[] = []
  for (const client of clients) {
    const total = casesOf(client)
    let run = 0
    progress.part(`${client.name}: ${total} scenarios`)
    const done = await runConformance({
      clients: [client],
      peers,
      filter,
      onResult: ({ scenario }) => progress.step(`${client.name} ${++run} of ${total}: ${scenario}`),
    })
    results.push(...done)
  }
  const count = (status: Result['status']) => results.filter((result) => result.status === status).length
  return {
    matrix: matrixOf(
      cases,
      results,
      clients.map(({ name }) => name),
    ),
    counts: { passed: count('passed'), failed: count('failed'), absent: count('absent') },
    failures: results
      .filter(({ status }) => status === 'failed')
      .map(({ client, scenario, error }) => ({
        client,
        scenario,
        title: titles.get(keyOf(client, scenario)) ?? '',
        message: describe(error),
      })),
  }

  function casesOf({ name }: ConformanceClient): number {
    return cases.filter(({ client }) => client.name === name).length
  }
}

async function load({ client, version }: Installed): Promise<ConformanceClient> {
  try {
    return await loadClient({ driver: client })
  } catch (cause) {
    throw new Misuse(`${client} ${version} can't be imported: ${describe(cause)}`, { client, version }, { cause })
  }
}
