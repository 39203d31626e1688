import { fileURLToPath } from 'node:url'
import { loadPools } from 'polypool'
import * as fetching from 'polypool/fetch'

const origin = process.env.ORIGIN ?? 'http://127.0.0.1:8080'
const pools = await loadPools({ file: fileURLToPath(new URL('polypool.config.yaml', import.meta.url)) })
const orders = pools.open(fetching, 'orders')
const payments = pools.open(fetching, 'payments')

const get = async (pool, path) => {
  const response = await pool.fetch(`${origin}${path}`)
  return response.text()
}

const paths = Array.from({ length: 6 }, (_, n) => `/${n}`)
const answers = await Promise.all([...paths.map((path) => get(orders, path)), ...paths.map((path) => get(payments, path))])
console.log(JSON.stringify(answers))
await pools.close()
