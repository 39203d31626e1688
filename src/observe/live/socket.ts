import type { Socket } from 'node:net'
import { PoolUnsupportedError } from '../../errors.ts'

/**
 * Listens on a Unix socket that nobody but this user can open, from its first moment on: it is made in a folder of its own, and moved to its place when its
 * mode is right. On Windows on a named pipe.
 *
 * @returns stops it
 */
export async function listenFor(path: string, onSocket: (socket: Socket) => void): Promise<() => Promise<void>> {
  const net = process.getBuiltinModule('node:net')
  const server = net.createServer(onSocket).unref()
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const listen = (at: string) =>
    new Promise<void>((resolve, reject) => {
      // In a cluster the primary would make it, with a mode of its own.
      server.once('error', reject).listen({ path: at, exclusive: true }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  if (process.platform === 'win32') {
    await listen(path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? inUse(path) : error
    })
    return close
  }
  const { mkdtemp, chmod, rename, rm, unlink } = process.getBuiltinModule('node:fs').promises
  await makeWay(path)
  const folder = await mkdtemp(`${path}~`)
  try {
    await listen(`${folder}/s`)
    // Unix: the mode of the socket says who may connect.
    await chmod(`${folder}/s`, 0o600)
    await rename(`${folder}/s`, path)
  } catch (error) {
    await close()
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return async () => {
    await unlink(path).catch(() => {})
    await close()
  }
}

/** Removes a socket that a process has left behind. Throws for one that is in use, and for anything else. */
async function makeWay(path: string): Promise<void> {
  const { lstat, unlink } = process.getBuiltinModule('node:fs').promises
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw new PoolUnsupportedError(`serveStats: ${path} is there already and no socket: choose another path`)
  if (await answers(path)) throw inUse(path)
  await unlink(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = process.getBuiltinModule('node:net').connect(path)
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

function inUse(path: string): PoolUnsupportedError {
  return new PoolUnsupportedError(
    `serveStats: another process listens on ${path}, or another call: give each process a path of its own, such as one with process.pid in it`,
  )
}
