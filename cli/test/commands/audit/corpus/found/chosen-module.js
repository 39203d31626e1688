const http = require('http')
const https = require('https')

module.exports = function get(url, done) {
  const lib = /^https:/.test(url) ? https : http
  const agent = new lib.Agent({ keepAlive: true, maxSockets: 1 }) //! client-per-request
  lib.get(url, { agent }, done)
}
