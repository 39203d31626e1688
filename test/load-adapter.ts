import type { AnyAdapter } from '../cli/src/conformance/client.ts'
import type { ClientName } from '../src/clients/types.ts'

/** An adapter by the name it is imported under. */
export function loadAdapter(client: ClientName): Promise<AnyAdapter> {
  return import(`../adapters/${client}.ts`) as Promise<AnyAdapter>
}
