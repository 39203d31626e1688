import http from 'node:http'
import type { Agents } from '../../../src/engines/node-agent/open-agents.ts'

export const nodePlaces = [
  'socket',
  'finish',
  'response',
  'data',
  'end',
  'response close',
  'close',
  'error',
  'error close',
] as const

/** A request of node:http with one listener that throws; all else is as it should be. Gives how the caller gives it up. */
export function throwingRequest(place: string, url: string, failing: string, { http: agent }: Pick<Agents, 'http'>): () => void {
  const thrower = (here: string) => () => {
    if (here === place) throw new Error(`thrown in ${here}`)
  }
  const fails = place.startsWith('error')
  const request = http.request(fails ? failing : url, { agent })
  request.on('socket', thrower('socket')).on('finish', thrower('finish')).on('error', thrower('error'))
  request.on('close', thrower(fails ? 'error close' : 'close'))
  request.on('response', (response) => {
    response.on('data', thrower('data')).on('end', thrower('end')).on('close', thrower('response close'))
    thrower('response')()
  })
  request.end()
  return () => void request.destroy()
}
