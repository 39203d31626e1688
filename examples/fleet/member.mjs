import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from 'polypool/fetch'
import { joinFleet, redisStore } from 'polypool/fleet'
import { createClient } from 'redis'

const client = await createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
  .on('error', console.error)
  .connect()
const pool = createPool({ maxConnections: 12 }, {}, { name: process.env.FLEET ?? 'orders' })
const share = joinFleet(pool, { maxConnections: 12, floor: 1, maxMembers: 4, ttl: '8s', store: redisStore(client) })

// All three are known to the store, and it has learnt: when it is new, nobody has more than the floor for one ttl.
while (share.stats().members < 3 || share.stats().learning) await sleep(50)
process.send('ready')

const send = async () => (await pool.fetch(process.env.BACKEND)).json()

process.on('message', async (message) => {
  if (message !== 'stop') {
    // Much to do, until it has so many connections and some time has gone by.
    const end = Date.now() + 2000
    const goesOn = () => Date.now() < end || pool.stats().open < message.until
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        while (goesOn()) await send()
      }),
    )
    return process.send('done')
  }
  await pool.close()
  await share.leave()
  await client.quit()
  process.disconnect()
})
