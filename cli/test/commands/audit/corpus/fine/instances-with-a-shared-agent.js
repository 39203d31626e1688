import https from 'node:https'
import axios from 'axios'
import got from 'got'

const shared = new https.Agent({ keepAlive: true, maxSockets: 20, timeout: 4000 })

export const order = (id) => axios.create({ httpsAgent: shared, proxy: false }).get(`https://api.test/orders/${id}`)
export const price = (sku) => got.extend({ agent: { https: shared } })(`https://api.test/${sku}`)
