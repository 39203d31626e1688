import type { SdkName } from '../../cli/src/sdks/index.ts'
import type { Replacements } from './run.ts'
import type { Answer } from './server.ts'

/** What a recipe needs on loopback. */
interface Place {
  /** `$url` in a value is that of the server. */
  readonly env?: { readonly [name: string]: string }
  readonly execArgv?: readonly string[]
  readonly replaced?: Replacements
  /** Appended to the module: `end` is called when all is done. */
  readonly more?: string
}

export interface Subject extends Place {
  readonly answer: Answer
  /** The recipe's connections leave the pool, and stay open. */
  readonly upgrades?: true
  readonly trap: TrapCheck
}

/** All requests at once reach the server, and the pool sees none of them; or code proves it, and gives this. */
type TrapCheck = Round | Proof

interface Round extends Place {
  readonly round: true
}

const round: Round = { round: true }

interface Proof extends Place {
  /** The body of an async function; it has what the trap's module has, and `send`. */
  readonly prove: string
  readonly gives: unknown
  /** Whether the server keeps its answers back. */
  readonly held?: true
}

const json = (value: unknown, headers: { readonly [name: string]: string } = {}): Answer => {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}

/** A list of no buckets. */
const buckets: Answer = (request, response) => {
  if (request.url?.includes('long')) return
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end('<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>')
}

/** Begins a stream of events, and goes on with it. */
const claude: Answer = (request, response) => {
  if (request.method === 'GET') return json({ data: [], has_more: false })(request, response)
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: ping\ndata: {"type":"ping"}\n\n')
}

const aws = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none', AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_S3: '$url' }

/** Elasticsearch says that it is that. */
const elastic = json({}, { 'x-elastic-product': 'Elasticsearch' })

/** A server of the recipe's own, on a port that the system chooses. */
const serves: Place = {
  replaced: [
    ['.listen(8080)', '.listen(0)'],
    ["'http://127.0.0.1:8080/", "'http://127.0.0.1:' + server.address().port + '/"],
  ],
  more: 'export const end = () => server.closeAllConnections() ?? server.close()',
}

export const subjects: { readonly [name in SdkName]: Subject } = {
  'aws-sdk': {
    env: aws,
    answer: buckets,
    trap: {
      // Again and again: before it is sent nothing cuts it.
      prove: `let code
        running.catch((error) => (code = error.code))
        while (code === undefined) {
          stop()
          await new Promise(setImmediate)
        }
        return code`,
      gives: 'ECONNRESET',
    },
  },
  openai: {
    env: { OPENAI_API_KEY: 'none', OPENAI_BASE_URL: '$url' },
    answer: json({ object: 'list', data: [] }),
    trap: round,
  },
  anthropic: {
    env: { ANTHROPIC_API_KEY: 'none', ANTHROPIC_BASE_URL: '$url' },
    answer: claude,
    trap: { prove: 'while (pool.stats().active > 0) await new Promise(setImmediate)\nreturn busy', gives: 1 },
  },
  stripe: {
    replaced: [
      ['{ httpAgent', "{ host: '127.0.0.1', port: $port, httpAgent"],
      ['sk_test_…', 'sk_test_1'],
    ],
    answer: json({ object: 'balance' }),
    trap: {
      execArgv: ['--conditions=worker'],
      replaced: [['PORT', '$port']],
      prove: `const refused = await Promise.resolve().then(open).catch(({ message }) => message)
        // What the recipe advises.
        const { createPool: create } = await import('polypool/fetch')
        const other = create()
        const httpClient = Stripe.createFetchHttpClient(other.fetch)
        await new Stripe('sk_test_1', { httpClient, host: '127.0.0.1', port: PORT }).balance.retrieve()
        const { created } = other.stats()
        await other.close()
        return { refused: /not available in non-Node environments/.test(refused), created }`,
      gives: { refused: true, created: 1 },
    },
  },
  'elastic-http': {
    answer: elastic,
    trap: {
      held: true,
      prove: `const first = elastic.info()
        while (pool.stats().active === 0) await new Promise(setImmediate)
        const { name, cause } = await elastic.info().catch((error) => error)
        const { status } = elastic.connectionPool.connections[0]
        first.catch(() => {})
        await pool.destroy()
        return { name, status, refused: pool.stats().rejected }`,
      gives: { name: 'ConnectionError', status: 'dead', refused: 2 },
    },
  },
  'elastic-undici': {
    answer: elastic,
    trap: { prove: 'return await other.catch(({ code }) => code)', gives: 'ERR_POOL_CLOSED' },
  },
  gaxios: {
    answer: json({}),
    trap: { env: { HTTPS_PROXY: 'http://127.0.0.1:1' }, prove: 'return (await send()).status', gives: 200 },
  },
  azure: { answer: json({}), trap: round },
  superagent: { answer: json({}), trap: round },
  needle: {
    answer: json({}),
    trap: {
      // The certificate is one that nobody trusts.
      env: { NODE_EXTRA_CA_CERTS: '' },
      prove: `const outcome = (request) => new Promise((resolve) => {
          request.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', ({ code }) => resolve(code))
        })
        const { options } = createPool()
        return [await outcome(other), await outcome(get('https://api.example.com/', { agent: options.https }))]`,
      gives: [200, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    },
  },
  ky: {
    answer: json({}),
    trap: {
      held: true,
      prove: `const first = send()
        while (pool.stats().active === 0) await new Promise(setImmediate)
        await send().catch(() => {})
        const { rejected } = pool.stats()
        // What the recipe advises.
        const { isPoolError } = await import('polypool')
        const shouldRetry = ({ error }) => (isPoolError(error) ? false : undefined)
        const advised = api.extend({ retry: { limit: 2, delay: () => 1, shouldRetry } })
        await advised.get('https://api.example.com/').catch(() => {})
        const { rejected: then } = pool.stats()
        first.catch(() => {})
        await pool.destroy()
        return { rejected, once: then - rejected }`,
      gives: { rejected: 3, once: 1 },
    },
  },
  ofetch: { answer: json({}), trap: round },
  'graphql-request': { answer: json({ data: {} }), trap: round },
  'http-proxy': {
    ...serves,
    answer: (request, response) => void (request.url === '/long' || response.end('{}')),
    trap: {
      prove: `const left = new Promise((resolve) => server.once('request', (_, response) => response.once('close', resolve)))
        const caller = http.get({ port: server.address().port, path: '/long' }).on('error', () => {})
        while (pool.stats().active === 0) await new Promise(setImmediate)
        caller.destroy()
        await left
        await send()
        const { active } = pool.stats()
        // What the recipe advises: the one before goes on, this one ends.
        const handed = new Promise((resolve) => proxy.once('proxyReq', resolve))
        proxy.on('proxyReq', (sent, _request, response) => response.once('close', () => sent.destroy()))
        const other = http.get({ port: server.address().port, path: '/long' }).on('error', () => {})
        await handed
        other.destroy()
        while (pool.stats().active > 1) await new Promise(setImmediate)
        await pool.destroy()
        return { active }`,
      gives: { active: 1 },
    },
  },
  'http-proxy-middleware': {
    ...serves,
    answer: json({}),
    trap: { prove: 'await send()\nreturn failed', gives: ['ERR_INVALID_PROTOCOL'] },
  },
  'follow-redirects': {
    answer: (request, response) => {
      if (request.url !== '/to-http') response.end('{}')
      else response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    },
    trap: { prove: 'return await send().catch(({ cause }) => cause.code)', gives: 'ERR_INVALID_PROTOCOL' },
  },
  ws: {
    answer: json({}),
    upgrades: true,
    // Where the process is to end by itself, its sockets must.
    more: 'export const end = () => sockets.forEach((socket) => socket.terminate())',
    trap: { prove: 'return { sockets: sockets.size, open }', gives: { sockets: 5, open: 0 } },
  },
  'global-agent': { answer: json({}), trap: round },
  'global-dispatcher': { answer: json({}), trap: round },
  'global-fetch': { answer: json({}), trap: round },
  'undici-interceptors': {
    answer: json({}),
    trap: {
      replaced: [
        ['dns()', 'dns({ lookup: (_, __, done) => done(null, addresses) })'],
        [
          'const pool',
          "const addresses = [1, 2].map((last) => ({ address: '127.0.0.' + last, family: 4, ttl: 60_000 }))\nconst pool",
        ],
        ['https://api.example.com', 'https://localhost:$port'],
      ],
      held: true,
      prove: `const all = Array.from({ length: 30 }, () => send().catch(() => {}))
        while (pool.stats().active + pool.stats().pending < all.length) await new Promise(setImmediate)
        const { open, hosts } = pool.stats()
        await pool.destroy()
        return { open, hosts: Object.keys(hosts).length }`,
      gives: { open: 10, hosts: 2 },
    },
  },
  'retry-agent': {
    answer: (_request, response) => response.writeHead(_request.url === '/broken' ? 502 : 200).end('{}'),
    trap: { prove: 'return { statusCode, created, reused }', gives: { statusCode: 502, created: 1, reused: 3 } },
  },
}
