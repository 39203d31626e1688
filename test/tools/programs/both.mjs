// Both copies of the package in one process: as ES modules and as CommonJS. It is told two servers for each client.
import { createRequire } from 'node:module'
import axios from 'axios'
import got from 'got'
import nodeFetch from 'node-fetch'
import * as undici from 'undici'
import * as senders from './senders.cjs'

const require = createRequire(import.meta.url)

const send = {
  'node-http': senders.nodeHttp(),
  agentkeepalive: senders.nodeHttp(),
  axios: senders.axios(axios),
  got: senders.got(got),
  'node-fetch': senders.nodeFetch(nodeFetch),
  undici: senders.undici(undici),
  fetch: senders.fetch(),
}

const urls = JSON.parse(process.argv[2])
const [polypool, required] = [await import('polypool'), require('polypool')]
const told = { different: polypool.isPoolError !== required.isPoolError, clients: {} }
for (const [name, [one, other]] of Object.entries(urls)) {
  const copies = [await import(`polypool/${name}`), require(`polypool/${name}`)]
  told.clients[name] = [await across(name, one, ...copies), await across(name, other, ...copies.toReversed())]
}
console.log(JSON.stringify(told))

/** A pool of one copy, and a pool of the other that shares its limits. */
async function across(name, url, first, second) {
  const pool = first.createPool({ maxConnections: 2 })
  const sharing = second.createPool(pool)
  const gets = [pool, sharing].map(send[name])
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => gets[at % 2](`${url}${at}`)))
  const { maxConnections } = second.readSettings(pool.options).config
  await Promise.all([pool.close(), sharing.close()])
  const error = await gets[0](url).catch((reason) => reason)
  const known = [polypool, required].every(({ isPoolError }) => isPoolError(error, 'ERR_POOL_CLOSED'))
  return { answers: answers.filter((answer, at) => answer === `/${at}`).length, maxConnections, known }
}
