// Worker threads that take jobs from a list. Each thread has modules, and so pools, of its own: together they keep one limit.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { upstream } from '../upstream.mjs'

const threads = 4
const jobs = Array.from({ length: 100 }, (_, index) => index)

const backend = await upstream({ holds: 12 })
const env = { ...process.env, POLYPOOL_PROCESSES: String(threads), BACKEND: backend.url }
const workers = Array.from({ length: threads }, () => new Worker(new URL('worker.mjs', import.meta.url), { env }))

let done = 0
for (const worker of workers) {
  // Each asks for as many jobs as it has hands.
  worker.on('message', ({ finished }) => {
    if (finished) done++
    worker.postMessage(jobs.shift() ?? null)
  })
}
await Promise.all(workers.map((worker) => once(worker, 'exit')))

console.log(`${done} jobs done by ${threads} threads of 10 hands each`)
console.log(`the backend saw at most ${backend.seen.peak} connections at one time`)
backend.close()
