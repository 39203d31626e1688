import { clients } from '../../src/clients/index.ts'

/** One line for each client: what `proxy` comes to in its pools, and what its users do without. */
export function proxyTable(): string {
  const rows = Object.entries(clients).map(([client, { support, pooling }]) => {
    const { pool, pooled } = support.fields.proxy
    const { way, limits } = pooling.behindProxy
    const ofPool = pool === 'unsupported' ? `✗ ${pooled ?? ''}` : 'every limit holds'
    return `| [${client}](clients/${client}.md) | ${ofPool} | ${way} | ${limits} |`
  })
  return [
    '| client | `proxy` in a pool | the client’s own way | connections of 40 requests to two https hosts, where 10 are allowed |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')
}
