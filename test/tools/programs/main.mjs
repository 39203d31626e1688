// Every client, as an ES module.
import axios from 'axios'
import got from 'got'
import nodeFetch from 'node-fetch'
import * as polypool from 'polypool'
import * as agentkeepalivePool from 'polypool/agentkeepalive'
import * as axiosPool from 'polypool/axios'
import * as fetchPool from 'polypool/fetch'
import * as gotPool from 'polypool/got'
import * as nodeFetchPool from 'polypool/node-fetch'
import * as nodeHttpPool from 'polypool/node-http'
import * as undiciPool from 'polypool/undici'
import * as undici from 'undici'
import { measure } from './measure.cjs'
import * as senders from './senders.cjs'

const clients = {
  'node-http': { adapter: nodeHttpPool, send: senders.nodeHttp() },
  agentkeepalive: { adapter: agentkeepalivePool, send: senders.nodeHttp() },
  axios: { adapter: axiosPool, send: senders.axios(axios) },
  got: { adapter: gotPool, send: senders.got(got) },
  'node-fetch': { adapter: nodeFetchPool, send: senders.nodeFetch(nodeFetch) },
  undici: { adapter: undiciPool, send: senders.undici(undici) },
  fetch: { adapter: fetchPool, send: senders.fetch() },
}

measure(clients, polypool).then((told) => console.log(JSON.stringify(told)))
