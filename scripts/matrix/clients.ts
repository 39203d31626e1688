import { driversOf } from '../../cli/src/conformance/clients/index.ts'
import type { ClientSupport } from '../../src/adapter.ts'
import { clientNames, clients } from '../../src/clients/index.ts'
import type { ClientName } from '../../src/clients/types.ts'

/** A client as the matrix sees it: one adapter and what it is tested with. */
export interface Client {
  /** The adapter's name: `polypool/<name>`. */
  readonly name: ClientName
  readonly peer: ClientSupport['peer']
  /** Drivers of the conformance suite. */
  readonly drivers: readonly string[]
}

/** True for the client whose package polypool loads, so that it can tell a version it does not take; not for others on the same package. */
export function isLoaded({ name, peer }: Client): boolean {
  return clients[name].loadsPeer && peer?.name === name
}

/** True for every client that can't work without a package that polypool loads. */
export function standsOnLoaded({ name }: Client): boolean {
  return clients[name].loadsPeer
}

export const matrixClients: readonly Client[] = clientNames.map((name) => ({
  name,
  peer: clients[name].support.peer,
  drivers: driversOf[name].map((driver) => driver.name),
}))
