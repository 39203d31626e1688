import { axios } from './axios.ts'
import { platformFetch } from './fetch.ts'
import { got } from './got.ts'
import { nodeFetch } from './node-fetch.ts'
import { agentkeepalive, nodeHttp } from './node-request.ts'
import type { ClientDriver } from './types.ts'
import { undiciDispatch, undiciDispatchLegacy } from './undici-dispatch.ts'
import { undiciRequest } from './undici-request.ts'

/** Every client that polypool has an adapter for; undici's dispatcher also by hand, with both generations of handlers. */
export const drivers: readonly ClientDriver[] = [
  undiciRequest,
  undiciDispatch,
  undiciDispatchLegacy,
  platformFetch,
  axios,
  got,
  nodeFetch,
  agentkeepalive,
  nodeHttp,
]
