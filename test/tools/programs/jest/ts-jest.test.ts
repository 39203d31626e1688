import axios from 'axios'
import * as polypool from 'polypool'
import * as agentkeepalivePool from 'polypool/agentkeepalive'
import * as axiosPool from 'polypool/axios'
import * as fetchPool from 'polypool/fetch'
import * as nodeHttp from 'polypool/node-http'
import * as undiciPool from 'polypool/undici'
import * as undici from 'undici'

declare const jest: { isolateModules(load: () => void): void }
declare const require: (name: string) => never

const { suite } = require('./suite.cjs') as { suite(...args: unknown[]): void }

const adapters = { nodeHttp, agentkeepalive: agentkeepalivePool, axios: axiosPool, undici: undiciPool, fetch: fetchPool }

interface Copy {
  polypool?: typeof polypool
  nodeHttp?: typeof nodeHttp
}

function again(): Copy {
  const other: Copy = {}
  jest.isolateModules(() => {
    other.polypool = require('polypool')
    other.nodeHttp = require('polypool/node-http')
  })
  return other
}

// That the types are there, too.
const cap: number = polypool.parsePoolConfig({ maxConnections: 2 }).config.maxConnections
const client: string = axiosPool.support.client
suite(polypool, adapters, { axios, undici }, again, cap, client)
