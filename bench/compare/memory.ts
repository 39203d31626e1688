import { setTimeout as sleep } from 'node:timers/promises'
import { loopback as lookup } from '../../cli/src/conformance/lookups.ts'
import { RemoteProbe } from '../../cli/src/conformance/probe/remote.ts'
import type { Memory } from './results.ts'
import type { Subject } from './subjects.ts'

/** Bytes of the heap and of buffers; the process runs with --expose-gc. */
async function used(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  for (let pass = 0; pass < 4; pass++) {
    globalThis.gc()
    await sleep(20)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** What an idle connection costs, and a request that waits for one: the caller's promise and the client's own objects are part of it. */
export async function measureMemory(subject: Subject, connections: number, waiting: number): Promise<Memory> {
  return {
    connection: await ofConnections(subject, connections),
    waiting: subject.queues ? await ofWaiting(subject, waiting) : null,
  }
}

async function ofConnections(subject: Subject, connections: number): Promise<number> {
  const probe = new RemoteProbe()
  const { port } = await probe.listen()
  // An agent of node's own would keep 256 of them.
  const send = subject.open({ total: connections, idle: connections, hosts: 1, lookup })
  const url = `http://host-0.test:${port}/`
  // What is made once, and for the first time.
  await send(url)
  const before = await used()
  // All of them are open before any is answered.
  const requests = Array.from({ length: connections }, () => send(`${url}?hold=held`))
  while ((await probe.report()).open < connections) await sleep(20)
  await probe.release('held')
  await Promise.all(requests)
  requests.length = 0
  const bytes = ((await used()) - before) / (connections - 1)
  const { open } = await probe.report()
  if (open < connections) throw new Error(`of ${connections} connections ${open} are open: bytes for each would be too few`)
  await probe.stop()
  return Math.round(bytes)
}

async function ofWaiting(subject: Subject, waiting: number): Promise<number> {
  const probe = new RemoteProbe()
  const { port } = await probe.listen()
  const send = subject.open({ total: 1, hosts: 1, lookup })
  const url = `http://host-0.test:${port}/`
  await send(url)
  send(`${url}?hold=held`).catch(() => {})
  const before = await used()
  for (let turn = 0; turn < waiting; turn++) send(url).catch(() => {})
  const bytes = ((await used()) - before) / waiting
  await probe.stop()
  return Math.round(bytes)
}
