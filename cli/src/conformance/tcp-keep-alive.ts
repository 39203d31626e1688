import { createServer } from 'node:net'

/** One setting of SO_KEEPALIVE, as it reaches the operating system. */
export interface KeepAliveCall {
  readonly on: boolean
  readonly seconds: number
}

interface Handle {
  setKeepAlive(on: boolean | number, seconds: number, ...rest: unknown[]): number
}

/**
 * Records every TCP keep-alive setting until it is disposed. It looks below net.Socket, at node's handle, because a setting
 * given among the options of `connect` passes by `socket.setKeepAlive`.
 */
export async function watchTcpKeepAlive(): Promise<Disposable & { readonly calls: KeepAliveCall[] }> {
  const prototype = await handlePrototype()
  const original = prototype.setKeepAlive
  const calls: KeepAliveCall[] = []
  prototype.setKeepAlive = function (this: Handle, on, seconds, ...rest) {
    calls.push({ on: Boolean(on), seconds })
    return original.call(this, on, seconds, ...rest)
  }
  return {
    calls,
    [Symbol.dispose]() {
      prototype.setKeepAlive = original
    },
  }
}

/** Of node's TCP handles: only a live one shows it. */
async function handlePrototype(): Promise<Handle> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { _handle: handle } = server as unknown as { _handle: Handle }
  const prototype = Object.getPrototypeOf(handle) as Handle
  await new Promise((resolve) => server.close(resolve))
  return prototype
}
