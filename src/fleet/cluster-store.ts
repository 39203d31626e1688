import { PoolUnsupportedError } from '../errors.ts'
import { show } from '../text/show.ts'
import { type Asker, Broker } from './broker.ts'
import { isFleetMessage, Questions } from './messages.ts'
import type { FleetStore } from './types.ts'

type MessagePort = ReturnType<typeof threads>['MessagePort']['prototype']

/** As much of a port of node:worker_threads as is used. */
export type FleetPort = Pick<MessagePort, 'on' | 'postMessage' | 'unref'>

/** A store for the processes and threads of one machine. */
export interface ClusterStore extends FleetStore {
  /** A port for a thread: give it by `workerData` and `transferList`, and call `clusterStore(workerData.port)` there. */
  port(): MessagePort
}

/** Asking costs no network here. */
const interval = 100

const threads = () => process.getBuiltinModule('node:worker_threads')
const cluster = () => process.getBuiltinModule('node:cluster')

let here: ClusterStore | undefined

/**
 * Has the processes of node:cluster meet in their primary, and threads in the process that they belong to; no server is needed. Call it in the primary,
 * before workers join, in each worker, and in each thread with a port that `port()` of its process's store has given. A worker or thread that ends gives
 * its lease back at once. Throws ERR_POOL_UNSUPPORTED in a thread that has no port.
 */
export function clusterStore(port?: FleetPort): ClusterStore {
  if (port !== undefined) return portStore(port)
  if (!threads().isMainThread) {
    throw new PoolUnsupportedError(
      'clusterStore: a thread shares nothing with others by itself: pass the port that port() of the store in its process has given, by workerData',
    )
  }
  here ??= cluster().isWorker ? workerStore() : primaryStore()
  return here
}

/** With the ledgers themselves. */
function primaryStore(): ClusterStore {
  const broker = new Broker()
  const clients = new WeakMap<object, Asker>()
  cluster().on('message', (worker, message: unknown) => {
    if (!isFleetMessage(message)) return
    const client = clients.get(worker) ?? broker.client((answer) => worker.isConnected() && worker.send(answer))
    clients.set(worker, client)
    void client.serve(message)
  })
  cluster().on('exit', (worker) => clients.get(worker)?.gone())
  return { interval, exchange: (fleet, round) => broker.exchange(fleet, round), port: () => portOf(broker) }
}

/** Asks the primary. */
function workerStore(): ClusterStore {
  const onMessage = (message: unknown) => {
    questions.answer(message)
    // The channel keeps the process alive while somebody listens.
    if (questions.open === 0) process.off('message', onMessage)
  }
  const questions = new Questions(
    (message) => {
      if (!process.connected) throw new Error('the primary has gone')
      if (questions.open === 0) process.on('message', onMessage)
      process.send?.(message)
    },
    () => {
      if (questions.open === 0) process.off('message', onMessage)
    },
    'the primary has not answered: call clusterStore() there before its workers join',
  )
  const broker = new Broker(questions)
  return { interval, exchange: (fleet, round) => questions.ask(fleet, round), port: () => portOf(broker) }
}

/** Asks whoever has the other end of the port. */
function portStore(port: FleetPort): ClusterStore {
  if (typeof port?.postMessage !== 'function' || typeof port.on !== 'function') {
    throw new PoolUnsupportedError(`clusterStore: ${show(port)} is no port: pass what port() of a store has given, by workerData`)
  }
  const questions = new Questions(
    (message) => port.postMessage(message),
    () => {},
    'nobody has answered at the other end of the port: is the process or thread that it came from still there?',
  )
  port.on('message', (message: unknown) => questions.answer(message))
  port.unref()
  const broker = new Broker(questions)
  return { interval, exchange: (fleet, round) => questions.ask(fleet, round), port: () => portOf(broker) }
}

function portOf(broker: Broker): MessagePort {
  const { port1, port2 } = new (threads().MessageChannel)()
  const client = broker.client((answer) => port1.postMessage(answer))
  port1.on('message', (message: unknown) => {
    if (isFleetMessage(message)) void client.serve(message)
  })
  port1.on('close', () => client.gone())
  port1.unref()
  return port2
}
