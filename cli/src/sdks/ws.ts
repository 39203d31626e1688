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
    'No more than `maxConnections` handshakes at one time: clients that all reconnect after an outage come in turn. `connectTimeout`, `proxy` and `dnsCacheTtl` hold for them too.',
    '`handshakeTimeout` of ws counts the wait for a connection too.',
  ],
  trap: {
    says: 'A socket that was upgraded leaves the pool, and its place is free: `maxConnections` bounds handshakes, not open sockets. `pool.close()` does not close them.',
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
