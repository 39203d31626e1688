import type { ClientName } from 'polypool/internal'
import { axios } from './axios.ts'
import { platformFetch } from './fetch.ts'
import { got } from './got.ts'
import { nodeFetch } from './node-fetch.ts'
import { agentkeepalive, nodeHttp } from './node-request.ts'
import type { ClientDriver } from './types.ts'
import { undiciDispatch, undiciDispatchLegacy } from './undici-dispatch.ts'
import { undiciRequest } from './undici-request.ts'

/** At least one for each client; undici's dispatcher also by hand, with both generations of handlers. */
export const driversOf: { readonly [C in ClientName]: readonly [ClientDriver, ...ClientDriver[]] } = {
  undici: [undiciRequest, undiciDispatch, undiciDispatchLegacy],
  fetch: [platformFetch],
  axios: [axios],
  got: [got],
  'node-fetch': [nodeFetch],
  agentkeepalive: [agentkeepalive],
  'node-http': [nodeHttp],
}

export const drivers: readonly ClientDriver[] = Object.values(driversOf).flat()
