import { drivers } from '../../cli/src/conformance/clients/index.ts'
import type { ClientSupport } from '../../src/adapter.ts'

/** A client as the matrix sees it: one adapter and what it is tested with. */
export interface Client {
  /** The adapter's name: `polypool/<name>`. */
  readonly name: string
  readonly peer: ClientSupport['peer']
  /** Drivers of the conformance suite. */
  readonly drivers: readonly string[]
}

/** Peers that polypool loads itself, so that it can tell a version it does not take. */
const loadedPeers = ['undici', 'agentkeepalive']

/** True for the client whose package polypool loads; not for others on the same package. */
export function isLoaded({ name }: Client): boolean {
  return loadedPeers.includes(name)
}

/** True for every client that can't work without a package that polypool loads. */
export function standsOnLoaded({ peer }: Client): boolean {
  return peer !== null && loadedPeers.includes(peer.name)
}

export async function loadClients(): Promise<Client[]> {
  const names = [...new Set(drivers.map(({ adapter }) => adapter))]
  return Promise.all(
    names.map(async (name) => {
      const { support } = (await import(`../../adapters/${name}.ts`)) as { support: ClientSupport }
      return { name, peer: support.peer, drivers: drivers.filter(({ adapter }) => adapter === name).map((driver) => driver.name) }
    }),
  )
}
