import http from 'node:http'
import type { Pool } from '../../src/adapter.ts'
import type { Agents } from '../../src/engines/node-agent/open-agents.ts'
import type { PoolDispatcher } from '../../src/engines/undici-dispatcher/dispatcher.ts'
import type { Handler } from '../../src/engines/undici-dispatcher/peer.ts'
import type { AnyPool } from './engines.ts'

/** What is listened to, and whether it comes of an answer, of a reset, of a refused connect, or of requests that have waited. */
interface Event {
  readonly name: string
  readonly of: 'answer' | 'reset' | 'refusal'
}

export const nodeEvents: readonly Event[] = [
  { name: 'socket', of: 'answer' },
  { name: 'finish', of: 'answer' },
  { name: 'response', of: 'answer' },
  { name: 'data', of: 'answer' },
  { name: 'end', of: 'answer' },
  { name: 'close', of: 'answer' },
  { name: 'free of the socket', of: 'answer' },
  { name: 'error', of: 'reset' },
  { name: 'close', of: 'reset' },
  { name: 'close of the socket', of: 'reset' },
  { name: 'error', of: 'refusal' },
  { name: 'close', of: 'refusal' },
]

export const undiciEvents: readonly Event[] = [
  { name: 'onRequestStart', of: 'answer' },
  { name: 'onResponseStart', of: 'answer' },
  { name: 'onResponseData', of: 'answer' },
  { name: 'onResponseEnd', of: 'answer' },
  { name: 'onResponseError', of: 'reset' },
  { name: 'onResponseError', of: 'refusal' },
  { name: 'connect of the dispatcher', of: 'answer' },
  { name: 'drain of the dispatcher', of: 'answer' },
  { name: 'disconnect of the dispatcher', of: 'reset' },
  { name: 'connectionError of the dispatcher', of: 'refusal' },
]

/** Sends a request of node:http and acts from inside one event, once. Resolves when the request is over. */
export function requestWith(pool: AnyPool, url: string, event: string, act: () => void): Promise<void> {
  const agent = (pool as Pool<Agents>).options.http
  const at = once(event, act)
  return new Promise((resolve) => {
    const request = http.request(url, { agent })
    request.on('error', () => at('error'))
    request.on('finish', () => at('finish'))
    request.on('socket', (socket) => {
      socket.once('free', () => at('free of the socket')).once('close', () => at('close of the socket'))
      at('socket')
    })
    request.on('response', (response) => {
      // destroy() cuts it short.
      response.on('error', () => {})
      response.on('data', () => at('data')).on('end', () => at('end'))
      at('response')
    })
    request.on('close', () => {
      at('close')
      resolve()
    })
    request.end()
  })
}

/** The same by `dispatch` of undici. */
export function dispatchWith(pool: AnyPool, url: string, event: string, act: () => void): Promise<void> {
  const { dispatcher } = (pool as Pool<{ dispatcher: PoolDispatcher }>).options
  const at = once(event, act)
  for (const name of ['connect', 'drain', 'disconnect', 'connectionError']) {
    dispatcher.on(name, () => at(`${name} of the dispatcher`))
  }
  return new Promise((resolve) => {
    const handler: Handler = {
      onRequestStart: () => at('onRequestStart'),
      onResponseStart: () => at('onResponseStart'),
      onResponseData: () => at('onResponseData'),
      onResponseEnd() {
        at('onResponseEnd')
        resolve()
      },
      onResponseError() {
        at('onResponseError')
        resolve()
      },
    }
    dispatcher.dispatch({ origin: url, path: '/', method: 'GET' }, handler)
  })
}

function once(event: string, act: () => void): (happened: string) => void {
  let acted = false
  return (happened) => {
    if (acted || happened !== event) return
    acted = true
    act()
  }
}
