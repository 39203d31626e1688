import { parentPort } from 'node:worker_threads'
import { loadPools } from 'polypool'
import * as fetchPool from 'polypool/fetch'

const pools = await loadPools({ file: new URL('polypool.config.yaml', import.meta.url) })
const pool = pools.open(fetchPool)

const hands = 10
let idle = 0

parentPort.on('message', async (job) => {
  if (job !== null) {
    const answer = await pool.fetch(`${process.env.BACKEND}/jobs/${job}`)
    await answer.json()
    return parentPort.postMessage({ finished: true })
  }
  // Nothing is left for this hand. The last one closes up.
  if (++idle < hands) return
  await pools.close()
  parentPort.close()
})

for (let hand = 0; hand < hands; hand++) parentPort.postMessage({ finished: false })
