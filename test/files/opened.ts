import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { loadPools } from '../../src/files/pools.ts'
import { hangs, stopwatch } from '../time.ts'
import { Workspace } from './workspace.ts'

/** A server that holds every request until it is let go, and counts connections. */
export async function holdingServer() {
  const held: http.ServerResponse[] = []
  const server = http.createServer((_, response) => {
    held.push(response)
  })
  let open = 0
  server.on('connection', (socket) => {
    open++
    socket.on('close', () => open--)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    get open() {
      return open
    },
    get waiting() {
      return held.length
    },
    release: () => {
      for (const response of held.splice(0)) response.end('ok')
    },
  }
}

export async function until(condition: () => boolean, ms = hangs): Promise<void> {
  const elapsed = stopwatch()
  while (!condition()) {
    if (elapsed() > ms) throw new Error('it did not happen in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function get(url: string, agent: http.Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    http.get(url, { agent }, (response) => response.on('data', () => {}).on('end', () => resolve('ok'))).on('error', reject)
  })
}

export const yaml = `pools:
  default: { maxConnections: 4 }
  payments: { maxConnections: 3, acquireTimeout: 5s }
`

export async function load(content = yaml, options = {}) {
  const workspace = new Workspace({ 'polypool.config.yaml': content })
  const pools = await loadPools({ cwd: workspace.root, env: {}, ...options })
  onTestFinished(() => pools.close())
  return { workspace, pools }
}
