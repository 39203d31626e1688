import { type ClientName, clientNames, clients, didYouMean } from 'polypool/internal'
import type { AnyAdapter } from './conformance/client.ts'
import { Misuse } from './io.ts'

/** Imported only when it is wanted: one may need a package that is not there. */
const adapters: { readonly [C in ClientName]: () => Promise<AnyAdapter> } = {
  undici: () => import('polypool/undici') as Promise<AnyAdapter>,
  fetch: () => import('polypool/fetch') as Promise<AnyAdapter>,
  axios: () => import('polypool/axios') as Promise<AnyAdapter>,
  got: () => import('polypool/got') as Promise<AnyAdapter>,
  'node-fetch': () => import('polypool/node-fetch') as Promise<AnyAdapter>,
  agentkeepalive: () => import('polypool/agentkeepalive') as Promise<AnyAdapter>,
  'node-http': () => import('polypool/node-http') as Promise<AnyAdapter>,
}

/** The client of that name. Throws Misuse with a suggestion if there is none. */
export function clientNamed(name: string): ClientName {
  const known =
    clientNames.find((client) => client === name) ??
    clientNames.find((client) => clients[client].otherNames?.includes(name.toLowerCase()))
  if (known !== undefined) return known
  const hint = didYouMean(name, clientNames) ?? `use one of ${clientNames.join(', ')}`
  throw new Misuse(`there is no client ${JSON.stringify(name)}: ${hint}`, { client: name, clients: clientNames })
}

/** Imports an adapter; throws Misuse if its package is not there. */
export async function loadAdapter(client: ClientName): Promise<AnyAdapter> {
  try {
    return await adapters[client]()
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND' && code !== 'ERR_POOL_UNSUPPORTED') throw cause
    throw new Misuse(`${client} can't be loaded: ${cause instanceof Error ? cause.message : cause}`, { client }, { cause })
  }
}

/** The adapters that can be loaded, and of the others why not. */
export async function loadAdapters(
  clients: readonly ClientName[] = clientNames,
): Promise<{ loaded: Map<ClientName, AnyAdapter>; missing: Map<ClientName, string> }> {
  const loaded = new Map<ClientName, AnyAdapter>()
  const missing = new Map<ClientName, string>()
  for (const client of clients) {
    try {
      loaded.set(client, await loadAdapter(client))
    } catch (error) {
      if (!(error instanceof Misuse)) throw error
      missing.set(client, error.message)
    }
  }
  return { loaded, missing }
}
