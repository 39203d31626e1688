const https = require('node:https')
const got = require('got')

module.exports.sync = async (event, context) => {
  const agent = { https: new https.Agent({ keepAlive: true, maxSockets: 5 }) } //! client-per-request
  await got.post('https://a.test', { agent, json: event })
  await got.post('https://b.test', { agent, json: event })
}
