const http = require('http')
const fetch = require('node-fetch')

async function both(path) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2 }) //! client-per-request
  const [a, b] = [await fetch(`http://a.test${path}`, { agent }), await fetch(`http://b.test${path}`, { agent })]
  return [await a.text(), await b.text()]
}

const answer = async (path) => JSON.stringify(await both(path))

http.createServer(async (incoming, outgoing) => {
  outgoing.end(await answer(incoming.url))
}).listen(8080)
