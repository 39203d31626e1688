import fetch from 'node-fetch'
import * as nodeFetchPool from 'polypool/node-fetch'

const pool = nodeFetchPool.createPool({ maxConnections: 2 })
export const text: Promise<string> = fetch('http://localhost/', { ...pool.options, method: 'POST' }).then((answer) =>
  answer.text(),
)
export const same = fetch('http://localhost/', pool.options)
export const { config } = nodeFetchPool.readSettings(pool.options)
