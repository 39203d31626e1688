// Every client, as CommonJS.
const { default: got } = require('got')
const { default: nodeFetch } = require('node-fetch')
const { measure } = require('./measure.cjs')
const senders = require('./senders.cjs')

const clients = {
  'node-http': { adapter: require('polypool/node-http'), send: senders.nodeHttp() },
  agentkeepalive: { adapter: require('polypool/agentkeepalive'), send: senders.nodeHttp() },
  axios: { adapter: require('polypool/axios'), send: senders.axios(require('axios')) },
  got: { adapter: require('polypool/got'), send: senders.got(got) },
  'node-fetch': { adapter: require('polypool/node-fetch'), send: senders.nodeFetch(nodeFetch) },
  undici: { adapter: require('polypool/undici'), send: senders.undici(require('undici')) },
  fetch: { adapter: require('polypool/fetch'), send: senders.fetch() },
}

measure(clients, require('polypool')).then((told) => console.log(JSON.stringify(told)))
