import type { SdkRecipe } from './types.ts'

export const ws: SdkRecipe = {
  title: 'ws',
  packages: ['ws'],
  client: 'node-http',
  setup: `import { once } from 'node:events'
import { createPool } from 'polypool/node-http'
import { WebSocket } from 'ws'

const pool = createPool({ maxConnections: 20 })
const sockets = new Set()

async function open(url) {
  const socket = new WebSocket(url, { agent: pool.options.https })
  sockets.add(socket)
  await once(socket, 'open')
}`,
  request: "open('wss://api.example.com/')",
  holds: [
    'There are at most `maxConnections` handshakes at one time: sockets that all reconnect after an outage take turns. `connectTimeout`, `proxy` and `dnsCacheTtl` apply to them too.',
    "ws' `handshakeTimeout` includes the wait for a connection.",
  ],
  trap: {
    says: 'An upgraded socket leaves the pool and frees its place: `maxConnections` bounds handshakes, not open sockets. `pool.close()` does not close them.',
    setup: `import { once } from 'node:events'
import { createPool } from 'polypool/node-http'
import { WebSocket } from 'ws'

const pool = createPool({ maxConnections: 2 })

const sockets = new Set()
for (let count = 0; count < 5; count++) {
  const socket = new WebSocket('wss://api.example.com/', { agent: pool.options.https })
  sockets.add(socket)
  await once(socket, 'open')
}
const { open } = pool.stats() // 0, with five sockets open`,
    request: null,
  },
}
