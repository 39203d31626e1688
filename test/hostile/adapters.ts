import * as agentkeepalive from '../../adapters/agentkeepalive.ts'
import * as axios from '../../adapters/axios.ts'
import * as fetch from '../../adapters/fetch.ts'
import * as got from '../../adapters/got.ts'
import * as nodeFetch from '../../adapters/node-fetch.ts'
import * as nodeHttp from '../../adapters/node-http.ts'
import * as undici from '../../adapters/undici.ts'
import type { AdapterModule } from '../../src/adapter.ts'

type Module = AdapterModule<unknown, object, unknown>

const modules = { agentkeepalive, axios, fetch, got, 'node-fetch': nodeFetch, 'node-http': nodeHttp, undici }

/** Every adapter, as what all have in common. */
export const adapterModules = Object.entries(modules).map(([name, module]) => ({ name, module: module as unknown as Module }))
