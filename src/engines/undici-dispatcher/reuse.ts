import type { Socket } from 'node:net'

/** undici's marks on a socket that it is going to destroy, because of the response, the request or the protocol's version. */
let reset: symbol | undefined
let writing: symbol | undefined

/** Whether undici is sure to keep the socket, as seen from within the end of its response. False also if that can't be seen. */
export function willBeKept(socket: Socket): boolean {
  const marks = socket as unknown as { [mark: symbol]: unknown }
  if (reset === undefined || writing === undefined || marks[reset] === undefined) find(socket)
  return reset !== undefined && writing !== undefined && marks[reset] === false && marks[writing] === false
}

// Each copy of undici has symbols of its own.
function find(socket: Socket): void {
  const symbols = Object.getOwnPropertySymbols(socket)
  reset = symbols.find(({ description }) => description === 'reset')
  writing = symbols.find(({ description }) => description === 'writing')
}
