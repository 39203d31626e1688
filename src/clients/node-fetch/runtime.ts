import { PoolUnsupportedError } from '../../errors.ts'

type Versions = Pick<NodeJS.ProcessVersions, string>

/** Throws where the runtime gives another package than the one that was installed. */
export function assertNodeFetch({ bun }: Versions = process.versions): void {
  if (bun === undefined) return
  throw new PoolUnsupportedError(
    `Bun ${bun} puts a fetch of its own in the place of node-fetch, which asks no agent, so that no limit would hold: use axios, got or node:http`,
  )
}
