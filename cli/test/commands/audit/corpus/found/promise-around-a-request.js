const http = require('http')

exports.ping = (host) =>
  new Promise((resolve, reject) => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }) //! client-per-request
    http.get({ host, agent }, (answer) => resolve(answer.resume().statusCode)).on('error', reject)
  })
