import { createRequire } from 'node:module'
import type { Controller, DispatchOptions, Handler, LegacyHandler } from '../../../src/engines/undici-dispatcher/peer.ts'

export interface Dispatcher {
  dispatch(options: DispatchOptions, handler: Handler | LegacyHandler): boolean
}

interface Undici {
  readonly Agent: new (options: object) => Dispatcher
}

const require = createRequire(import.meta.url)

const modern = ['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd', 'onResponseError'] as const
const legacy = ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError'] as const

/** undici 8 takes no handlers of the older generation. */
export const placesOf = (undici: string): readonly string[] => (undici === 'undici7' ? [...modern, ...legacy] : modern)

/** A request one of whose handler's methods throws; the handler is of the generation that has it. Gives how the caller gives it up. */
export function throwingDispatch(
  place: string,
  url: string,
  failing: string,
  { dispatcher }: { dispatcher: Dispatcher },
): () => void {
  let abort: (reason: Error) => void = () => {}
  const thrower = (here: string): undefined => {
    if (here === place) throw new Error(`thrown in ${here}`)
  }
  const methods: readonly string[] = modern.some((method) => method === place) ? modern : legacy
  const begun = {
    onRequestStart(controller: Controller) {
      abort = (reason) => controller.abort(reason)
      thrower('onRequestStart')
    },
    onConnect(by: (reason?: Error) => void) {
      abort = by
      thrower('onConnect')
    },
  }
  const handler: { [method: string]: unknown } = Object.fromEntries(methods.map((method) => [method, () => thrower(method)]))
  const [first] = methods
  if (first === 'onRequestStart' || first === 'onConnect') handler[first] = begun[first]
  const origin = place === 'onError' || place === 'onResponseError' ? failing : url
  dispatcher.dispatch({ origin, path: '/', method: 'GET' }, handler as unknown as Handler | LegacyHandler)
  return () => abort(new Error('given up'))
}

export function nativeDispatcher(undici: string): { dispatcher: Dispatcher } {
  const { Agent } = require(undici) as Undici
  return { dispatcher: new Agent({ connections: 1 }) }
}
