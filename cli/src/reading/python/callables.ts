/** What a call of one of a library's classes or functions says about connections. */
import type { DialectName } from 'polypool/dialects'
export interface Callable {
  readonly dialect: DialectName
  /** Names of positional parameters, in order. */
  readonly positional?: readonly string[]
  /**
   * Where each parameter goes in the dialect's settings, as a dotted path. A path that ends in `*` takes another callable's settings,
   * or a plain value; of `*` alone, they go in as they are.
   */
  readonly takes: { readonly [parameter: string]: string }
  /** Only part of a pool's settings: where they go if the part stands alone. No place of its own where a pool takes it. */
  readonly part?: string
  /** Parameters that also take a tuple, and where its items go. */
  readonly tuples?: { readonly [parameter: string]: readonly string[] }
  /** Parameters that put others out of force, such as a transport, which brings its own limits. */
  readonly replaces?: { readonly [parameter: string]: readonly string[] }
  /** Parameters that take a class: those that the settings hold for, and what others imply; of any other nothing can be said. */
  readonly unless?: { readonly [parameter: string]: { readonly [name: string]: 'itself' | { readonly [path: string]: number } } }
  /** Parameters that no pool has a place for, and why. Others that are not about connections need no word. */
  readonly remarks?: { readonly [parameter: string]: string }
  /** All parameters that it takes besides, if what it takes is certain: then any other one is a mistake. */
  readonly closed?: readonly string[]
  /** Settings that go without saying. */
  readonly implied?: { readonly [path: string]: number }
  /** Recognised by its bare name too, where nothing binds that: as fragments in documents have it. */
  readonly distinctive?: boolean
}

const limits = ['max_connections', 'max_keepalive_connections', 'keepalive_expiry']
const phases = ['connect', 'read', 'write', 'pool']
const below = (group: string, names: readonly string[]) => names.map((name) => `${group}.${name}`)
const sameNames = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]))

export const oneAtATime = 'a pool speaks HTTP/1.1 only, with one request at a time on a connection'

function httpxLike(dialect: 'httpx' | 'requestx'): { readonly [name: string]: Callable } {
  const remarks = { http2: oneAtATime }
  const client: Callable = {
    dialect,
    remarks,
    takes: { limits: 'limits.*', timeout: 'timeout.*', transport: '*' },
    tuples: { timeout: below('timeout', phases) },
    replaces: { transport: ['limits'] },
  }
  const transport: Callable = { dialect, takes: { limits: 'limits.*' }, part: '', remarks }
  return {
    Limits: { dialect, takes: sameNames(limits), part: 'limits', closed: [] },
    Timeout: {
      dialect,
      positional: ['timeout'],
      takes: sameNames(['timeout', ...phases]),
      tuples: { timeout: phases },
      part: 'timeout',
      closed: [],
    },
    Client: client,
    AsyncClient: client,
    HTTPTransport: transport,
    AsyncHTTPTransport: transport,
  }
}

const perHost = { maxsize: 'maxsize', block: 'block', timeout: 'timeout.*', headers: 'headers' }
const hostPool: Callable = {
  dialect: 'urllib3',
  positional: ['host', 'port', 'timeout', 'maxsize', 'block', 'headers'],
  takes: perHost,
  implied: { num_pools: 1 },
  distinctive: true,
}
const manager: Callable = {
  dialect: 'urllib3',
  positional: ['num_pools', 'headers'],
  takes: { num_pools: 'num_pools', ...perHost },
  distinctive: true,
}
const proxyManager: Callable = { ...manager, positional: ['proxy_url', 'num_pools', 'headers'] }

const urllib3: { readonly [name: string]: Callable } = {
  PoolManager: manager,
  ProxyManager: proxyManager,
  proxy_from_url: { ...proxyManager, positional: ['url'] },
  HTTPConnectionPool: hostPool,
  HTTPSConnectionPool: hostPool,
  connection_from_url: { ...hostPool, positional: ['url'] },
  Timeout: {
    dialect: 'urllib3',
    positional: ['total', 'connect', 'read'],
    takes: sameNames(['total', 'connect', 'read']),
    part: 'timeout',
    closed: [],
  },
}

const requests: { readonly [name: string]: Callable } = {
  HTTPAdapter: {
    dialect: 'requests',
    positional: ['pool_connections', 'pool_maxsize', 'max_retries', 'pool_block'],
    takes: sameNames(['pool_connections', 'pool_maxsize', 'pool_block']),
    closed: ['max_retries'],
    distinctive: true,
  },
  Session: { dialect: 'requests', takes: {} },
  session: { dialect: 'requests', takes: {} },
}

const connector = [
  'limit',
  'limit_per_host',
  'keepalive_timeout',
  'force_close',
  'ttl_dns_cache',
  'use_dns_cache',
  'enable_cleanup_closed',
]

const aiohttp: { readonly [name: string]: Callable } = {
  TCPConnector: {
    dialect: 'aiohttp',
    takes: sameNames(connector),
    part: '',
    distinctive: true,
  },
  ClientTimeout: {
    dialect: 'aiohttp',
    positional: ['total', 'connect', 'sock_read', 'sock_connect'],
    takes: sameNames(['total', 'connect', 'sock_read', 'sock_connect']),
    part: 'timeout',
    closed: ['ceil_threshold'],
    distinctive: true,
  },
  ClientSession: { dialect: 'aiohttp', takes: { connector: '*', timeout: 'timeout.*' }, distinctive: true },
}

const queue = ['pool_size', 'max_overflow', 'pool_timeout', 'pool_recycle', 'pool_pre_ping', 'pool_use_lifo']
const engine: Callable = {
  dialect: 'sqlalchemy',
  positional: ['url'],
  takes: { ...sameNames(queue), pool: '*' },
  replaces: { pool: queue },
  // NullPool keeps nothing and limits nothing.
  unless: {
    poolclass: { QueuePool: 'itself', AsyncAdaptedQueuePool: 'itself', NullPool: { pool_size: 0, pool_recycle: 0 } },
  },
  distinctive: true,
}
const queuePool: Callable = {
  dialect: 'sqlalchemy',
  positional: ['creator', 'pool_size', 'max_overflow', 'timeout', 'use_lifo'],
  takes: {
    pool_size: 'pool_size',
    max_overflow: 'max_overflow',
    timeout: 'pool_timeout',
    use_lifo: 'pool_use_lifo',
    recycle: 'pool_recycle',
    pre_ping: 'pool_pre_ping',
  },
  part: '',
  closed: ['creator', 'echo', 'logging_name', 'reset_on_return', 'events', 'dialect', '_dispatch'],
  distinctive: true,
}

const handle: Callable = { dialect: 'pycurl', takes: {} }

/** By the library that they are imported from. */
const libraries: { readonly [library: string]: { readonly [name: string]: Callable } } = {
  httpx: httpxLike('httpx'),
  requestx: httpxLike('requestx'),
  urllib3,
  requests,
  aiohttp,
  pycurl: { Curl: handle, CurlMulti: handle },
  sqlalchemy: {
    create_engine: engine,
    create_async_engine: engine,
    QueuePool: queuePool,
    AsyncAdaptedQueuePool: queuePool,
  },
}

/** By library and name, such as `httpx.Limits`. */
export const callables: ReadonlyMap<string, Callable> = new Map(
  Object.entries(libraries).flatMap(([library, names]) =>
    Object.entries(names).map(([name, callable]) => [`${library}.${name}`, callable] as const),
  ),
)

/** The settings of what stands for a whole pool of a library, such as a connector: groups, and settings by themselves. */
export function partsOf(dialect: DialectName): readonly string[] {
  const parts = [...callables.values()].filter((one) => one.dialect === dialect && one.part === '')
  return [...new Set(parts.flatMap(({ takes }) => Object.values(takes).map((path) => path.replace(/\.\*$/, ''))))]
}

const distinctive: ReadonlyMap<string, string> = new Map(
  [...callables].flatMap(([key, one]) => (one.distinctive ? [[key.slice(key.indexOf('.') + 1), key] as const] : [])),
)

/** Packages under other names. */
const roots: { readonly [root: string]: string } = { sqlmodel: 'sqlalchemy' }

/** The key of what a dotted name such as `requests.adapters.HTTPAdapter` leads to; modules between library and name do not count. */
export function callableKey(path: readonly string[]): string | undefined {
  const vendored = path[0] === 'requests' && path[1] === 'packages'
  const [root = '', ...rest] = vendored ? path.slice(2) : path
  const name = rest.at(-1)
  if (name === undefined || !rest.slice(0, -1).every((part) => /^[a-z_]/.test(part))) return undefined
  const key = `${Object.hasOwn(roots, root) ? roots[root] : root}.${name}`
  return callables.has(key) ? key : undefined
}

/** The key of a bare name that only one library has. */
export function distinctiveKey(name: string): string | undefined {
  return distinctive.get(name)
}
