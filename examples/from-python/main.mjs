// The service of orders.py, moved over: polypool.config.yaml is what `import` has read out of it.
import axios from 'axios'
import { loadPools } from 'polypool'
import * as axiosPool from 'polypool/axios'
import { atOnce, upstream } from '../upstream.mjs'

const backend = await upstream()
const pools = await loadPools({ file: new URL('polypool.config.yaml', import.meta.url) })
// timeout.timeout of httpx bounds reading and writing too: that is set on the client.
const pool = pools.open(axiosPool)
const client = axios.create({ ...pool.options, baseURL: backend.url, timeout: 30_000 })

const order = async (number) => (await client.get(`/orders/${number}`)).data

const orders = await atOnce(40, order)
console.log(`${orders.length} orders on ${backend.seen.opened} connections`)
console.log(`${pool.stats().idle} of them are kept, as httpx would`)

await pools.close()
backend.close()
