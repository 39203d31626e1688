import { type Client, isLoaded } from './clients.ts'
import type { Published } from './registry.ts'
import { accepts, nearMisses, testedVersions } from './versions.ts'

/** One client in one version on one Node. */
export interface Cell {
  readonly node: string
  readonly client: Client
  /** Of the client's package; null for what Node has built in. */
  readonly version: string | null
  /** What is installed besides polypool. */
  readonly packages: { readonly [name: string]: string }
  /** `suite`: the conformance suite passes. The others must not work: how they fail is looked at. */
  readonly kind: 'suite' | 'other-node' | 'other-version' | 'missing'
  /** The package's `engines.node`, where it leaves this Node out. */
  readonly engines?: string
}

export interface PlanInput {
  readonly clients: readonly Client[]
  /** In ascending order. */
  readonly nodes: readonly string[]
  /** By package. */
  readonly registry: { readonly [name: string]: Published }
}

/** Every client in every version on every Node, grouped by client; then what must be refused. */
export function planCells({ clients, nodes, registry }: PlanInput): Cell[] {
  return [...clients.flatMap(supported), ...clients.filter(isLoaded).flatMap(refused)]

  function supported(client: Client): Cell[] {
    const { peer } = client
    if (peer === null) return nodes.map((node) => ({ node, client, version: null, packages: beside(node), kind: 'suite' }))
    const { versions, engines } = publishedOf(peer.name)
    return testedVersions(versions, peer).flatMap((version) =>
      nodes.map((node): Cell => {
        const cell = { node, client, version, packages: { ...beside(node), [peer.name]: version } }
        const wanted = engines[version]
        return wanted === undefined || accepts(wanted, node)
          ? { ...cell, kind: 'suite' }
          : { ...cell, kind: 'other-node', engines: wanted }
      }),
    )
  }

  /** On the oldest and the newest Node. */
  function refused(client: Client): Cell[] {
    const { peer } = client
    if (peer === null) return []
    const ends = nodes.filter((_, index) => index === 0 || index === nodes.length - 1)
    const misses = nearMisses(publishedOf(peer.name).versions, peer.range)
    return ends.flatMap((node): Cell[] => [
      ...misses.map((version) => ({ node, client, version, packages: { [peer.name]: version }, kind: 'other-version' as const })),
      { node, client, version: null, packages: {}, kind: 'missing' },
    ])
  }

  /** The newest undici that takes this Node, for scenarios where two clients share one budget. */
  function beside(node: string): { undici: string } {
    const peer = clients.find((client) => client.peer?.name === 'undici')?.peer ?? { range: '*' }
    const { versions, engines } = publishedOf('undici')
    const newest = testedVersions(versions, peer).findLast((version) => accepts(engines[version], node))
    if (newest === undefined) throw new Error(`no undici in ${peer.range} takes Node ${node}`)
    return { undici: newest }
  }

  function publishedOf(name: string): Published {
    const found = registry[name]
    if (found === undefined) throw new Error(`the registry was not asked for ${name}`)
    return found
  }
}

/** The oldest Node with the oldest version of each client, the newest with the newest, and what must be refused there. */
export function corners(cells: readonly Cell[]): Cell[] {
  const [suite, rest] = [cells.filter(({ kind }) => kind === 'suite'), cells.filter(({ kind }) => kind !== 'suite')]
  const [oldest, newest] = [suite[0]?.node, suite.at(-1)?.node]
  const clients = [...new Set(suite.map(({ client }) => client))]
  const first = clients.map((client) => suite.find((cell) => cell.client === client && cell.node === oldest))
  const last = clients.map((client) => suite.findLast((cell) => cell.client === client && cell.node === newest))
  return [...first, ...last, ...rest.filter(({ node }) => node === oldest || node === newest)].filter(
    (cell) => cell !== undefined,
  )
}

/**
 * Cells that one of the Nodes and one of the clients names: `20`, `20.19`, `got`, `got@14`, `fetch@8`. Without Nodes all of them, and
 * without clients. Throws if a filter fits nothing.
 */
export function only(cells: readonly Cell[], filters: readonly string[]): Cell[] {
  const nodes = filters.filter(namesNode)
  const clients = filters.filter((filter) => !namesNode(filter))
  for (const filter of filters) {
    if (!cells.some((cell) => isOf(cell, filter)))
      throw new Error(`--only ${filter}: no cell of the matrix is of that client or Node`)
  }
  const anyOf = (cell: Cell, wanted: readonly string[]) => wanted.length === 0 || wanted.some((filter) => isOf(cell, filter))
  return cells.filter((cell) => anyOf(cell, nodes) && anyOf(cell, clients))
}

function isOf({ node, client, version }: Cell, filter: string): boolean {
  if (namesNode(filter)) return startsWith(node, filter)
  const [name, prefix] = filter.split('@')
  return name === client.name && (prefix === undefined || startsWith(version ?? '', prefix))
}

function namesNode(filter: string): boolean {
  return /^\d/.test(filter)
}

/** By whole parts: 2 is not the start of 20.19.0. */
function startsWith(version: string, prefix: string): boolean {
  return `${version}.`.startsWith(`${prefix}.`)
}

/** By how many suites a cell runs: one of three that begins when others end runs on alone. What is to be refused takes no longer than to install it. */
export function longestFirst(cells: readonly Cell[]): Cell[] {
  const suites = ({ kind, client }: Cell) => (kind === 'suite' ? client.drivers.length : 0)
  return cells.toSorted((a, b) => suites(b) - suites(a))
}

/** Unique, and fit for a file name. */
export function idOf({ node, client, version, kind }: Cell): string {
  return `node-${node}_${client.name}${version === null ? '' : `-${version}`}${kind === 'missing' ? '-missing' : ''}`
}

/** For people: `got 14.0.0`, `fetch with undici 8.2.0`. */
export function titleOf({ client, version, kind }: Cell): string {
  if (kind === 'missing') return `${client.name}, not installed`
  if (version === null || client.peer === null) return client.name
  return client.name === client.peer.name ? `${client.name} ${version}` : `${client.name} with ${client.peer.name} ${version}`
}
