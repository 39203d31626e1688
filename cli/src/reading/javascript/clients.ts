import type { ClientName } from 'polypool/internal'

/** Something that makes an agent, a dispatcher or an instance of a client. */
export interface Creation {
  readonly client: ClientName
  readonly role: 'agent' | 'dispatcher' | 'client'
  /** As people call it. */
  readonly label: string
  /** Index of the argument that holds the options. */
  readonly options: number
  /** Index of the argument that holds the one origin it is for. */
  readonly origin?: number
  readonly scheme?: 'http' | 'https'
}

const undici = (name: string, options = 0): Creation => ({
  client: 'undici',
  role: 'dispatcher',
  label: `new ${name}(…)`,
  options,
  ...(options === 1 ? { origin: 0 } : {}),
})

const keepaliveHttp: Creation = {
  client: 'agentkeepalive',
  role: 'agent',
  label: 'new Agentkeepalive(…)',
  options: 0,
  scheme: 'http',
}

/** By `module#path`; `()` stands for an instance of the client. */
export const creations: { readonly [reference: string]: Creation } = {
  'http#Agent': { client: 'node-http', role: 'agent', label: 'new http.Agent(…)', options: 0, scheme: 'http' },
  'https#Agent': { client: 'node-http', role: 'agent', label: 'new https.Agent(…)', options: 0, scheme: 'https' },
  'agentkeepalive#': keepaliveHttp,
  'agentkeepalive#HttpAgent': keepaliveHttp,
  'agentkeepalive#HttpsAgent': { ...keepaliveHttp, label: 'new HttpsAgent(…) of agentkeepalive', scheme: 'https' },
  'undici#Agent': undici('Agent'),
  'undici#EnvHttpProxyAgent': undici('EnvHttpProxyAgent'),
  'undici#ProxyAgent': undici('ProxyAgent'),
  'undici#Pool': undici('Pool', 1),
  'undici#Client': undici('Client', 1),
  'undici#BalancedPool': undici('BalancedPool', 1),
  'undici#RoundRobinPool': undici('RoundRobinPool', 1),
  'axios#create': { client: 'axios', role: 'client', label: 'axios.create(…)', options: 0 },
  'axios#Axios': { client: 'axios', role: 'client', label: 'new Axios(…)', options: 0 },
  'axios#().create': { client: 'axios', role: 'client', label: 'create(…) of an axios instance', options: 0 },
  'got#extend': { client: 'got', role: 'client', label: 'got.extend(…)', options: 0 },
  'got#().extend': { client: 'got', role: 'client', label: 'extend(…) of a got instance', options: 0 },
}

/** A function that sends a request. */
export interface Sending {
  readonly client: ClientName
  readonly label: string
  /** Arguments that may hold the options: the first of them that is an object does. */
  readonly options: readonly number[]
}

const table: { readonly [module: string]: { readonly client: ClientName; readonly methods: readonly Methods[] } } = {
  axios: {
    client: 'axios',
    methods: [
      { names: ['', 'request'], options: [1, 0] },
      { names: ['get', 'delete', 'head', 'options'], options: [1] },
      { names: ['post', 'put', 'patch', 'postForm', 'putForm', 'patchForm'], options: [2] },
    ],
  },
  got: {
    client: 'got',
    methods: [{ names: ['', 'get', 'post', 'put', 'patch', 'head', 'delete', 'stream', 'paginate'], options: [1, 0] }],
  },
  'node-fetch': { client: 'node-fetch', methods: [{ names: [''], options: [1] }] },
  global: { client: 'fetch', methods: [{ names: ['fetch'], options: [1] }] },
  undici: {
    client: 'undici',
    methods: [{ names: ['request', 'fetch', 'stream', 'pipeline', 'connect', 'upgrade'], options: [1] }],
  },
  http: { client: 'node-http', methods: [{ names: ['request', 'get'], options: [1, 0] }] },
  https: { client: 'node-http', methods: [{ names: ['request', 'get'], options: [1, 0] }] },
}

interface Methods {
  readonly names: readonly string[]
  readonly options: readonly number[]
}

/** By `module#path`, of the module itself and of an instance of the client. */
export const sendings: { readonly [reference: string]: Sending } = Object.fromEntries(
  Object.entries(table).flatMap(([module, { client, methods }]) =>
    methods.flatMap(({ names, options }) =>
      names.flatMap((name) => {
        const label = `${[module === 'global' ? '' : module, name].filter(Boolean).join('.')}(…)`
        const sending: Sending = { client, label, options }
        const ofInstance = name === '' ? `${module}#()` : `${module}#().${name}`
        return [
          [`${module}#${name}`, sending],
          [ofInstance, sending],
        ]
      }),
    ),
  ),
)

/** Options of a request or of a client through which agents and dispatchers are given to it. */
export const carriers: { readonly [C in ClientName]: readonly string[] } = {
  undici: ['dispatcher'],
  fetch: ['dispatcher'],
  axios: ['httpAgent', 'httpsAgent'],
  got: ['agent'],
  'node-fetch': ['agent'],
  agentkeepalive: ['agent'],
  'node-http': ['agent'],
}
