// One process of a fleet: a pool whose own cap is no limit here, and as many requests at a time as it is told.
import { request } from 'undici'
import { createPool } from '../../../adapters/undici.ts'

export interface Work {
  readonly url: string
  readonly requests: number
  readonly atOnce: number
}

/** What one request was answered with, `503 ERR_POOL_QUEUE_FULL`, or that all are. */
export type Told = { readonly answer: string } | 'done'

async function work({ url, requests, atOnce }: Work): Promise<void> {
  const pool = createPool({ maxConnections: atOnce, acquireTimeout: '1h' })
  let left = requests
  const caller = async () => {
    while (left-- > 0) {
      const { statusCode, headers, body } = await request(url, pool.options)
      await body.dump()
      tell({ answer: [statusCode, headers['polypool-limit'] ?? []].flat().join(' ') })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, caller))
  await pool.close()
  tell('done')
}

function tell(told: Told): void {
  process.send?.(told)
}

process.on('message', (message) => void work(message as Work))
