import axios from 'axios'
import * as polypool from 'polypool'
import * as agentkeepalivePool from 'polypool/agentkeepalive'
import * as axiosPool from 'polypool/axios'
import * as fetchPool from 'polypool/fetch'
import * as nodeHttp from 'polypool/node-http'
import * as undiciPool from 'polypool/undici'
import * as undici from 'undici'
import { suite } from './suite.cjs'

const adapters = { nodeHttp, agentkeepalive: agentkeepalivePool, axios: axiosPool, undici: undiciPool, fetch: fetchPool }

function again() {
  const other = {}
  jest.isolateModules(() => {
    other.polypool = require('polypool')
    other.nodeHttp = require('polypool/node-http')
  })
  return other
}

suite(polypool, adapters, { axios, undici }, again)
