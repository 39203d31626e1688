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
    lead: "The client stays, and so does every line that sends a request. Wherever an agent or a dispatcher is made, a pool makes it instead, with the same limits under polypool's names, and with implicit defaults spelt out.",
    before: 'own-agents/before.mjs',
    after: [],
    command: ['migrate', '--diff', 'before.mjs'],
    said: '`--write` edits the files. `--config-file polypool.config.yaml` moves limits with constant values to a config file. The command says what it leaves alone, with line and reason: a class that extends an agent, options of unknown content, an agent for each request. Run it again after changing those; what is already done stays.',
    changes: [
      'Both agents belong to one pool: `pool.stats()`, `pool.reconfigure()` and `pool.close()` apply to both.',
      'A request that waits for a connection can be cancelled: abort, destroy and a timeout settle it at once.',
      'An idle connection closes by a timer after `keepAliveExpiry`, or earlier if the server says so with `Keep-Alive: timeout=N`. This never cuts a running request.',
      'Limits that were not set were unlimited, and stay so. When all is well, delete those lines: the defaults of a pool are 100 connections, 30 s of waiting and 10 s of connecting.',
    ],
  },
  {
    name: 'agentkeepalive',
    title: 'From agentkeepalive to any client',
    lead: 'There are two ways: `migrate --write` keeps agentkeepalive and puts its agents on a pool; or you move the requests to another client, here undici, and drop agentkeepalive.',
    before: 'agentkeepalive/before.mjs',
    after: [['agentkeepalive/after.mjs', 'on undici']],
    command: ['migrate', '--from', 'agentkeepalive', '--to', 'undici', 'before.mjs'],
    said: '`--to` takes any other client as well: the config is the same, and only the import path and the call change.',
    changes: [
      'agentkeepalive destroys a running request after `timeout` without data (by default twice `freeSocketTimeout`). A pool never does: set a timeout on the request.',
      'Its timer for idle connections also kills requests that wait for one. In a pool they wait until `acquireTimeout`.',
      '`socketActiveTTL` is checked only when a request ends; `maxLifetime` also closes idle connections on time.',
    ],
  },
  {
    name: 'node-fetch-to-fetch',
    title: 'From node-fetch to fetch',
    lead: 'The call stays nearly the same. The agent goes, because the built-in fetch takes none.',
    before: 'node-fetch/before.mjs',
    after: [['node-fetch/after.mjs', 'on the built-in fetch']],
    command: ['migrate', '--from', 'node-fetch', '--to', 'fetch', 'before.mjs'],
    said: "The limits that were unlimited before are left out below, because the pool's defaults are better.",
    changes: [
      '`response.body` is a web stream, not a Node stream: `Readable.fromWeb(response.body)` converts it.',
      "node-fetch's `timeout` and `size` do not exist: in place of `timeout`, pass `signal: AbortSignal.timeout(ms)`.",
      'A body that nobody reads holds its connection: read it, or `await response.body.cancel()`.',
      '`compress: false` does not exist: set the header `accept-encoding` yourself.',
    ],
  },
  {
    name: 'axios-to-fetch',
    title: 'From axios to fetch or undici',
    lead: 'What axios does besides sending becomes your code: base URL, timeout, errors for statuses, JSON.',
    before: 'axios/before.mjs',
    after: [
      ['axios/after-fetch.mjs', 'on the built-in fetch'],
      ['axios/after-undici.mjs', 'on undici'],
    ],
    command: ['migrate', '--from', 'axios', '--to', 'fetch', 'before.mjs'],
    said: 'For undici, use `--to undici`; the config is the same.',
    changes: [
      'axios uses HTTP_PROXY unless `proxy` is false; a pool uses it only with `proxy: env`.',
      "axios' `timeout` does not run while a request waits for a connection. `AbortSignal.timeout` does; `acquireTimeout` bounds only the wait.",
      "axios follows redirects, and so does fetch; undici's `request` does not.",
      'A body that nobody reads holds its connection: read it, `body.dump()` it, or cancel it.',
    ],
  },
  {
    name: 'got-to-undici',
    title: 'From got to undici',
    lead: 'Retries, errors for statuses and redirects become undici interceptors in front of the pool.',
    before: 'got/before.mjs',
    after: [['got/after.mjs', 'on undici']],
    command: ['migrate', '--from', 'got', '--to', 'undici', 'before.mjs'],
    said: 'The interceptors wrap the dispatcher of the pool, so each attempt asks the pool for a connection.',
    changes: [
      'got retries twice by default; undici does what the interceptor says, and a pool repeats only what met a stale connection (`retryStale`).',
      "got's `timeout: { request }` covers the whole request; so does `AbortSignal.timeout`. `acquireTimeout` bounds only the wait for a connection.",
      'got decompresses answers; undici does so with `interceptors.decompress()`.',
    ],
  },
  {
    name: 'python-to-node',
    title: 'From requests and httpx to Node',
    lead: 'The limits move into a config file, each with a comment that says where it comes from; the requests are rewritten, on any client.',
    before: 'python/before.py',
    after: [['python/after.mjs', 'on the built-in fetch, with the config file that was printed']],
    configFile: 'python/polypool.config.yaml',
    command: ['import', 'auto', 'before.py'],
    said: '`--write polypool.config.yaml` writes it to a file. If a value comes from an environment variable with a default, the default is used, and the comment says so.',
    changes: [
      'How each workload behaves, measured with the Python libraries and with a pool: [Pools that come from Python](../python-behaviour.md).',
      'Without `timeout`, requests limits neither waiting nor connecting; the config says so with `unlimited`. Set both.',
      'Timeouts for reading and writing belong to the request.',
    ],
  },
]
