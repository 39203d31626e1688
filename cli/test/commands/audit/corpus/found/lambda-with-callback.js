const https = require('https')

exports.handler = (event, context, callback) => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 10 }) //! client-per-request
  readToken((error, token) => {
    if (error) return callback(error)
    const request = https.request({ host: 'api.test', path: event.path, agent, headers: { token } }, (answer) => {
      answer.resume()
      answer.on('end', () => callback(null, answer.statusCode))
    })
    request.end()
  })
}

function readToken(done) {
  process.nextTick(done, null, 'x')
}
