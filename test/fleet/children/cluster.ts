// A primary of node:cluster with a store, whose workers are members; and a thread of a worker's.
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { clusterStore } from '../../../src/fleet/index.ts'

const [member = '', count = '4'] = process.argv.slice(2)
cluster.setupPrimary({ exec: fileURLToPath(new URL('member.ts', import.meta.url)), args: [member] })
clusterStore()
const workers = Array.from({ length: Number(count) }, (_, at) => cluster.fork({ FLEET_NAME: `m${at}` }))
const told = new Map<number, (message: unknown) => void>()
for (const worker of workers) {
  worker.on('message', (message: { call?: number; kind?: string }) => {
    if (message.kind === undefined && message.call !== undefined) told.get(message.call)?.(message)
  })
}

process.on('message', ({ call, to, ...question }: { call: number; to: number }) => {
  if ('kill' in question) {
    workers[to]?.process.kill('SIGKILL')
    process.send?.({ call })
    return
  }
  told.set(call, (message) => process.send?.({ ...(message as object), call }))
  workers[to]?.send({ ...question, call })
})
process.on('disconnect', () => process.exit(0))
let ready = 0
for (const worker of workers) worker.once('online', () => ++ready === workers.length && process.send?.({ ready: true }))
