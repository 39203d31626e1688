/** One move that people make: its page is drawn from this, from its example and from what the commands print. */
export interface MovePage {
  readonly name: string
  readonly title: string
  readonly lead: string
  /** Below `examples/moves`. */
  readonly before: string
  /** With what each is; none where the command makes it. */
  readonly after: readonly (readonly [file: string, what: string])[]
  /** Holds what the command prints. */
  readonly configFile?: string
  /** As one types it in a project; what it prints is shown. */
  readonly command: readonly string[]
  readonly said: string
  /** What else is another, besides what was seen of the run. */
  readonly changes: readonly string[]
}

/** Connections that the examples have to one host at most. */
export const limit = 3

export const moves: readonly MovePage[] = [
  {
    name: 'own-agents',
    title: 'From agents of your own to polypool',
    lead: 'The client stays, and so does every line that sends a request. Where an agent or a dispatcher is made, a pool makes it, with the same limits under their names here, and with what went without saying said.',
    before: 'own-agents/before.mjs',
    after: [],
    command: ['migrate', '--diff', 'before.mjs'],
    said: '`--write` edits the files. `--config-file polypool.config.yaml` moves what is no expression to a file. What is left alone is told with its reason and line: a class that extends an agent, options that may hold anything, an agent for each request. Run it again when you have changed that: what is done stays.',
    changes: [
      'Both agents are of one pool: `pool.stats()`, `pool.reconfigure()` and `pool.close()` are for both.',
      'A request that waits for a connection can be left: abort, destroy and a timeout settle it at once.',
      'An idle connection closes by a timer after `keepAliveExpiry`, and earlier where the server says so by `Keep-Alive: timeout=N`. A request that runs is never cut by it.',
      'The limits that nobody set were unlimited, and stay so. When all is well, delete those lines: the defaults of a pool are 100 connections, 30 s of waiting and 10 s of connecting.',
    ],
  },
  {
    name: 'agentkeepalive',
    title: 'From agentkeepalive to any client',
    lead: 'Two ways lead on. `migrate --write` keeps agentkeepalive and puts its agents on a pool. Or the requests go to another client, here undici, and agentkeepalive goes.',
    before: 'agentkeepalive/before.mjs',
    after: [['agentkeepalive/after.mjs', 'on undici']],
    command: ['migrate', '--from', 'agentkeepalive', '--to', 'undici', 'before.mjs'],
    said: 'Any other client can stand after `--to`: the config is the same, and only the import path and the call change.',
    changes: [
      'agentkeepalive destroys a request that runs after `timeout` without data, twice `freeSocketTimeout` where nobody sets it. No pool does: set a timeout on the request.',
      'Its timer for idle connections also kills requests that wait for one. In a pool they wait until `acquireTimeout`.',
      '`socketActiveTTL` looks at a connection when its request is over; `maxLifetime` closes idle ones on time as well.',
    ],
  },
  {
    name: 'node-fetch-to-fetch',
    title: 'From node-fetch to fetch',
    lead: 'The call stays nearly as it is. The agent goes, as the built-in fetch takes none.',
    before: 'node-fetch/before.mjs',
    after: [['node-fetch/after.mjs', 'on the built-in fetch']],
    command: ['migrate', '--from', 'node-fetch', '--to', 'fetch', 'before.mjs'],
    said: 'The limits that were unlimited before are left out below: the defaults of a pool are better ones.',
    changes: [
      '`response.body` is a stream of the web, and not of Node: `Readable.fromWeb(response.body)` makes one.',
      '`timeout` and `size` of node-fetch are gone: give `signal: AbortSignal.timeout(ms)`.',
      'A body that nobody reads holds its connection: read it, or `await response.body.cancel()`.',
      '`compress: false` is gone: set the header `accept-encoding` yourself.',
    ],
  },
  {
    name: 'axios-to-fetch',
    title: 'From axios to fetch or undici',
    lead: 'What axios does besides sending is yours now: the base of URLs, the timeout, the error for a status, JSON.',
    before: 'axios/before.mjs',
    after: [
      ['axios/after-fetch.mjs', 'on the built-in fetch'],
      ['axios/after-undici.mjs', 'on undici'],
    ],
    command: ['migrate', '--from', 'axios', '--to', 'fetch', 'before.mjs'],
    said: 'For undici it is `--to undici`; the config is the same.',
    changes: [
      'axios goes by HTTP_PROXY unless `proxy` is false; a pool does with `proxy: env`.',
      'A number as `timeout` of axios does not count while a request waits for a connection. `AbortSignal.timeout` does, and `acquireTimeout` bounds the wait alone.',
      'axios follows redirects; fetch does too, `request` of undici does not.',
      'A body that nobody reads holds its connection: read it, `body.dump()` it, or cancel it.',
    ],
  },
  {
    name: 'got-to-undici',
    title: 'From got to undici',
    lead: 'Retries, errors for statuses and redirects are interceptors of undici, put in front of the pool.',
    before: 'got/before.mjs',
    after: [['got/after.mjs', 'on undici']],
    command: ['migrate', '--from', 'got', '--to', 'undici', 'before.mjs'],
    said: 'The interceptors are around the dispatcher of the pool: each try asks the pool for a connection.',
    changes: [
      'got retries by itself, twice; undici does what the interceptor says, and a pool sends again only what has met a stale connection (`retryStale`).',
      '`timeout: { request }` of got is the whole request; so is `AbortSignal.timeout`. `acquireTimeout` bounds the wait for a connection alone.',
      'got decompresses; undici does with `interceptors.decompress()`.',
    ],
  },
  {
    name: 'python-to-node',
    title: 'From requests and httpx to Node',
    lead: 'The limits come along as a config file, each with where it comes from; the requests are written anew, on any client.',
    before: 'python/before.py',
    after: [['python/after.mjs', 'on the built-in fetch, with the config file that was printed']],
    configFile: 'python/polypool.config.yaml',
    command: ['import', 'auto', 'before.py'],
    said: '`--write polypool.config.yaml` writes it. A default behind the environment is taken, and said.',
    changes: [
      'How each workload behaves, measured with the libraries of Python and with a pool: [Python libraries](../python-behaviour.md).',
      'requests has no limit to waiting and none to connecting without `timeout`; the config says so by `unlimited`. Set both.',
      'Timeouts for reading and writing belong to the request.',
    ],
  },
]
