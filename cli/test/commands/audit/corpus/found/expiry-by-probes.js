const { Agent } = require('https')

const seconds = 1000
module.exports = new Agent({ keepAlive: true, maxSockets: 20, keepAliveMsecs: 30 * seconds }) //! keep-alive-msecs
