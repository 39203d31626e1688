const http = require('http')
const Agentkeepalive = require('agentkeepalive')

exports.a = new http.Agent({ keepAlive: true, maxTotalSockets: 50 }) //! max-total-sockets
exports.b = new Agentkeepalive({ maxSockets: 5, maxTotalSockets: 50 }) //! max-total-sockets
