// A thread that is a member by the port that it was given, and says what it has until it is told to end.
import { parentPort, workerData } from 'node:worker_threads'
import { request } from 'undici'
import { createPool } from '../../../adapters/undici.ts'
import { clusterStore, joinFleet } from '../../../src/fleet/index.ts'

const { port, fleet, url, calls } = workerData
const pool = createPool({ maxConnections: 1000 }, undefined, { warnings: false })
const share = joinFleet(pool, { ...fleet, store: clusterStore(port), warnings: false })
for (let call = 0; call < calls; call++) void request(url, pool.options).catch(() => {})
parentPort?.on('message', () => parentPort?.postMessage({ ...share.stats(), open: pool.stats().open }))
