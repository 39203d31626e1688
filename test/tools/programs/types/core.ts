// Uses what needs no package but polypool. Every statement is one that a program would write; none runs.
import * as http from 'node:http'
import * as https from 'node:https'
import * as polypool from 'polypool'
import * as dialects from 'polypool/dialects'
import * as nodeHttp from 'polypool/node-http'

const config: polypool.PoolConfig = {
  maxConnections: 20,
  maxConnectionsPerHost: 'unlimited',
  keepAliveExpiry: '4s',
  acquireTimeout: undefined,
  hosts: { 'api.test': { maxConnectionsPerHost: 2 } },
}

export const parsed: polypool.ParsedPoolConfig = polypool.parsePoolConfig(config)
export const cap: number = parsed.config.maxConnections

const pool = nodeHttp.createPool(config, { rejectUnauthorized: true }, { name: 'payments', strict: false })
export const named: string | undefined = pool.name
export const open: number = pool.stats().open
export const shared: polypool.Pool<{ readonly http: http.Agent }> = nodeHttp.createPool(pool)
export const plain = http.get('http://localhost/', { agent: pool.options.http })
export const secure = https.get('https://localhost/', { agent: pool.options.https })
export const agents = [nodeHttp.translate(config).settings].map((settings) => new http.Agent(settings.http))
export const read: polypool.PoolConfig = nodeHttp.readSettings(new http.Agent({ maxSockets: 3 })).config
export const notes: readonly polypool.Note[] = pool.notes

export async function file(): Promise<void> {
  const pools = await polypool.loadPools({ file: 'pools.yaml', env: false, watch: true })
  pools.on('change', ({ names }) => names.map((name) => pools.config(name).maxConnections))
  const opened = pools.open(nodeHttp, 'payments', { rejectUnauthorized: true }, { shared: false })
  http.get('http://localhost/', { agent: opened.options.http })
  await pools.close({ timeout: '10s' })
  await pool.close()
}

export const pools = polypool.definePools({ pools: { default: config, payments: { extends: 'default', maxConnections: 2 } } })

export function codeOf(error: unknown): polypool.PoolErrorCode | undefined {
  if (error instanceof polypool.PoolError && polypool.isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT')) return error.code
  return error instanceof polypool.PoolConfigError ? 'ERR_POOL_CONFIG' : undefined
}

// What all adapters have in common, whichever they are.
const adapter: Pick<polypool.AdapterModule<unknown, never, unknown>, 'support' | 'translate' | 'readSettings'> = nodeHttp
export const honoured: polypool.Support = adapter.support.fields.maxConnections.pool

export const fromHttpx: polypool.PoolConfig = dialects.dialects.httpx.read({ limits: { max_connections: 10 } }).config
