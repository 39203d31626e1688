import { client as agentkeepalive } from './agentkeepalive/index.ts'
import { client as axios } from './axios/index.ts'
import { client as fetch } from './fetch/index.ts'
import { client as got } from './got/index.ts'
import { client as nodeFetch } from './node-fetch/index.ts'
import { client as nodeHttp } from './node-http/index.ts'
import type { ClientFacts, ClientName } from './types.ts'
import { client as undici } from './undici/index.ts'

/** Every client there is. */
export const clients: { readonly [C in ClientName]: ClientFacts } = {
  undici,
  fetch,
  axios,
  got,
  'node-fetch': nodeFetch,
  agentkeepalive,
  'node-http': nodeHttp,
}

export const clientNames = Object.freeze(Object.keys(clients)) as readonly ClientName[]
