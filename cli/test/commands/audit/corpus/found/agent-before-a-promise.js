const https = require('https')

exports.read = (host) => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 }) //! client-per-request
  return new Promise((resolve, reject) => {
    https.get({ host, agent }, resolve).on('error', reject)
  })
}
