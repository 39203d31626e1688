// A service that sends by axios and by fetch, both under one config: what is behind it sees one limit.
import { once } from 'node:events'
import http from 'node:http'
import axios from 'axios'
import { isPoolError, loadPools } from 'polypool'
import * as axiosPool from 'polypool/axios'
import * as fetchPool from 'polypool/fetch'
import { atOnce, upstream } from '../upstream.mjs'

const backend = await upstream({ holds: 6 })

const pools = await loadPools({ file: new URL('polypool.config.yaml', import.meta.url) })
const api = axios.create({ ...pools.open(axiosPool).options, baseURL: backend.url })
const pool = pools.open(fetchPool)

const routes = {
  '/orders': async () => (await api.get('/orders')).data,
  '/customers': async () => (await pool.fetch(`${backend.url}/customers`)).json(),
}

const service = http.createServer(async ({ url }, response) => {
  try {
    response.end(JSON.stringify(await routes[url]()))
  } catch (error) {
    // Too much to do: callers may try again. All else is the backend's fault.
    response.writeHead(isPoolError(error, 'ERR_POOL_ACQUIRE_TIMEOUT') ? 503 : 502).end()
  }
})
service.listen(0, '127.0.0.1')
await once(service, 'listening')

// Forty callers at one time, half of them for each route.
const at = `http://127.0.0.1:${service.address().port}`
const answers = await atOnce(40, async (index) => fetch(at + (index % 2 === 0 ? '/orders' : '/customers')))
console.log(`${answers.filter(({ ok }) => ok).length} of 40 callers were answered`)
console.log(`the backend saw ${backend.seen.requests} requests on ${backend.seen.peak} connections at a time`)

service.close()
service.closeAllConnections()
await pools.close()
backend.close()
