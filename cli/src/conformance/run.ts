import { type PlanOptions, planCases } from './plan.ts'
import { type Result, runCase } from './run-case.ts'

export interface RunOptions extends PlanOptions {
  /** Called as soon as a result is there. */
  readonly onResult?: (result: Result) => void
}

/** Runs every scenario that applies to the clients, one after the other: they measure time. */
export async function runConformance(options: RunOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const one of planCases(options)) {
    const result = await runCase(one)
    results.push(result)
    options.onResult?.(result)
  }
  return results
}
