import type { Socket } from 'node:net'

/** Has an agent of agentkeepalive count and time a socket as those that it makes itself: its class knows that by a symbol alone. */
export function adopt(agent: object, socket: Socket, options: object): void {
  for (let type: unknown = agent; typeof type === 'object' && type !== null; type = Object.getPrototypeOf(type)) {
    const name = Object.getOwnPropertySymbols(type).find(({ description }) => description === 'agentkeepalive#initSocket')
    if (name === undefined) continue
    ;(agent as { [name: symbol]: (socket: Socket, options: object) => void })[name]?.(socket, options)
    return
  }
}
