// Through a proxy, with a limit for what it sees of this process; what is within goes directly.
import { once } from 'node:events'
import http from 'node:http'
import { createPool } from 'polypool/fetch'
import { atOnce, upstream } from '../upstream.mjs'

// The least that a proxy does for http: it sends on what it is given in absolute form.
let connections = 0
const agent = new http.Agent({ keepAlive: true })
const proxy = http.createServer((request, response) => {
  http.get(request.url, { agent }, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers)))
})
proxy.on('connection', () => connections++)
proxy.listen(0, '127.0.0.1')
await once(proxy, 'listening')

const outside = await upstream()
const within = await upstream({ host: 'localhost' })

const pool = createPool({
  proxy: `http://127.0.0.1:${proxy.address().port}`,
  noProxy: ['localhost', '.internal'],
  maxConnections: 10,
  maxConnectionsPerProxy: 3,
})

await atOnce(30, async () => (await pool.fetch(outside.url)).json())
console.log(`30 requests to the outside: the proxy saw ${connections} connections`)

await atOnce(30, async () => (await pool.fetch(within.url)).json())
console.log(`30 requests within, which took other ways: ${connections - 3} more at the proxy`)

await pool.close()
agent.destroy()
for (const server of [proxy, outside, within]) server.close()
