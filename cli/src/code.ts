import type { ClientName } from './clients.ts'

/** A value as one would write it in JavaScript, indented by `depth` steps. */
export function literal(value: unknown, depth = 0): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, depth)).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  if (entries.length === 0) return '{}'
  const pad = '  '.repeat(depth + 1)
  const lines = entries.map(([key, part]) => `${pad}${propertyName(key)}: ${literal(part, depth + 1)},`)
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function propertyName(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** How one client takes what a pool or its own class gives. */
interface Recipe {
  /** Imports of the client itself. */
  readonly imports: readonly string[]
  /** From `pool` on. */
  readonly use: readonly string[]
  /** The same without polypool, from the settings that `translate` gives. */
  native(settings: never): { readonly imports: readonly string[]; readonly code: readonly string[] }
}

const url = "'https://api.example.com/'"

const recipes: { readonly [C in ClientName]: Recipe } = {
  undici: {
    imports: ["import { request } from 'undici'"],
    use: [`const { statusCode, body } = await request(${url}, { ...pool.options })`],
    native: (settings) => ({
      imports: ["import { Agent, request } from 'undici'"],
      code: [
        `const dispatcher = new Agent(${literal(settings)})`,
        `const { statusCode, body } = await request(${url}, { dispatcher })`,
      ],
    }),
  },
  fetch: {
    imports: [],
    use: [`const response = await pool.fetch(${url})`],
    native: (settings) => ({
      // The built-in fetch takes dispatchers of some majors only.
      imports: ["import { Agent, fetch } from 'undici'"],
      code: [`const dispatcher = new Agent(${literal(settings)})`, `const response = await fetch(${url}, { dispatcher })`],
    }),
  },
  axios: {
    imports: ["import axios from 'axios'"],
    use: ['const api = axios.create(pool.options)', `const { data } = await api.get(${url})`],
    native: ({ httpAgent, httpsAgent }: { httpAgent: object; httpsAgent: object }) => ({
      imports: [...agentImports, "import axios from 'axios'"],
      code: [
        'const api = axios.create({',
        `  httpAgent: new http.Agent(${literal(httpAgent, 1)}),`,
        `  httpsAgent: new https.Agent(${literal(httpsAgent, 1)}),`,
        '})',
        `const { data } = await api.get(${url})`,
      ],
    }),
  },
  got: {
    imports: ["import got from 'got'"],
    use: ['const api = got.extend(pool.options)', `const data = await api(${url}).json()`],
    native: ({ agent }: { agent: AgentPair }) => ({
      imports: [...agentImports, "import got from 'got'"],
      code: [
        'const api = got.extend({',
        '  agent: {',
        `    http: new http.Agent(${literal(agent.http, 2)}),`,
        `    https: new https.Agent(${literal(agent.https, 2)}),`,
        '  },',
        '})',
        `const data = await api(${url}).json()`,
      ],
    }),
  },
  'node-fetch': {
    imports: ["import fetch from 'node-fetch'"],
    use: [`const response = await fetch(${url}, { ...pool.options })`],
    native: (pair: AgentPair) => ({
      imports: [...agentImports, "import fetch from 'node-fetch'"],
      code: [
        ...agentPair('http.Agent', 'https.Agent', pair),
        "const agent = ({ protocol }) => (protocol === 'https:' ? httpsAgent : httpAgent)",
        `const response = await fetch(${url}, { agent })`,
      ],
    }),
  },
  agentkeepalive: {
    imports: ["import https from 'node:https'"],
    use: [`https.get(${url}, { agent: pool.options.https }, (response) => response.resume())`],
    native: (pair: AgentPair) => ({
      imports: ["import https from 'node:https'", "import HttpAgent, { HttpsAgent } from 'agentkeepalive'"],
      code: [
        ...agentPair('HttpAgent', 'HttpsAgent', pair),
        `https.get(${url}, { agent: httpsAgent }, (response) => response.resume())`,
      ],
    }),
  },
  'node-http': {
    imports: ["import https from 'node:https'"],
    use: [`https.get(${url}, { agent: pool.options.https }, (response) => response.resume())`],
    native: (pair: AgentPair) => ({
      imports: agentImports,
      code: [
        ...agentPair('http.Agent', 'https.Agent', pair),
        `https.get(${url}, { agent: httpsAgent }, (response) => response.resume())`,
      ],
    }),
  },
}

interface AgentPair {
  readonly http: object
  readonly https: object
}

const agentImports = ["import http from 'node:http'", "import https from 'node:https'"]

function agentPair(plain: string, secure: string, pair: AgentPair): string[] {
  return [`const httpAgent = new ${plain}(${literal(pair.http)})`, `const httpsAgent = new ${secure}(${literal(pair.https)})`]
}

/** Code with a pool made from this config. */
export function pooledCode(client: ClientName, config: object): string {
  const { imports, use } = recipes[client]
  const create = `const pool = createPool(${Object.keys(config).length === 0 ? '' : literal(config)})`
  return lines([...imports, `import { createPool } from 'polypool/${client}'`], [create, ...use])
}

/**
 * Code with a pool of a config file.
 * @param file as `loadPools` is to be told; undefined where it finds the file by itself
 */
export function loadedCode(client: ClientName, pool: string, file?: string): string {
  const { imports, use } = recipes[client]
  const name = pool === 'default' ? '' : `, ${literal(pool)}`
  const own = [...imports, "import { loadPools } from 'polypool'", `import * as adapter from 'polypool/${client}'`]
  const load = `const pools = await loadPools(${file === undefined ? '' : `{ file: ${literal(file)} }`})`
  return lines(own, [load, `const pool = pools.open(adapter${name})`, ...use])
}

/** Code without polypool, from the settings that the adapter's `translate` gives. */
export function nativeCode(client: ClientName, settings: unknown): string {
  const { imports, code } = recipes[client].native(settings as never)
  return lines(imports, code)
}

function lines(imports: readonly string[], code: readonly string[]): string {
  return `${[...imports, '', ...code].join('\n')}\n`
}
