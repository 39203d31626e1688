/** What one subject is asked to do for a while. */
export interface Cell {
  readonly id: string
  readonly title: string
  readonly scheme: 'http' | 'https' | 'h2'
  readonly hosts: number
  /** The cap on all connections that every subject is told, as far as it can be told. */
  readonly connections: number
  readonly inFlight: number
  /** What a connect takes longer, in milliseconds: the look-up of the name waits. */
  readonly connectMs: number
  /** Each round begins without a connection. */
  readonly cold: boolean
}

export const cells: readonly Cell[] = [
  cell({ id: 'one-host', title: 'One host', hosts: 1 }),
  cell({ id: 'four-hosts', title: 'Four hosts', hosts: 4 }),
  cell({ id: 'cold', title: 'From cold, TLS, 20 ms more a connect', scheme: 'https', connectMs: 20, cold: true }),
  cell({ id: 'ten-hosts', title: 'Ten hosts, TLS, 20 ms more a connect', scheme: 'https', hosts: 10, connectMs: 20 }),
  cell({
    id: 'many-hosts',
    title: 'Thirty hosts, more than connections, TLS, 20 ms more a connect',
    scheme: 'https',
    hosts: 30,
    connectMs: 20,
  }),
  cell({ id: 'http2', title: 'HTTP/2, one host, 2 connections', scheme: 'h2', connections: 2 }),
  cell({
    id: 'http2-cold',
    title: 'HTTP/2 from cold, four hosts, 4 connections, 20 ms more a connect',
    scheme: 'h2',
    hosts: 4,
    connections: 4,
    connectMs: 20,
    cold: true,
  }),
]

function cell(given: Pick<Cell, 'id' | 'title'> & Partial<Cell>): Cell {
  return { scheme: 'http', hosts: 1, connections: 20, inFlight: 100, connectMs: 0, cold: false, ...given }
}

/** Where a cell's requests go, one host after the other. */
export function urlsOf({ scheme, hosts }: Cell, port: number): string[] {
  const protocol = scheme === 'http' ? 'http' : 'https'
  return Array.from({ length: hosts }, (_, host) => `${protocol}://host-${host}.probe.test:${port}/`)
}
