const { suite } = require('./suite.cjs')

const adapters = {
  nodeHttp: require('polypool/node-http'),
  agentkeepalive: require('polypool/agentkeepalive'),
  axios: require('polypool/axios'),
  undici: require('polypool/undici'),
  fetch: require('polypool/fetch'),
}

function again() {
  const other = {}
  jest.isolateModules(() => {
    other.polypool = require('polypool')
    other.nodeHttp = require('polypool/node-http')
  })
  return other
}

suite(require('polypool'), adapters, { axios: require('axios'), undici: require('undici') }, again)
