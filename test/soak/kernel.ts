import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * Sockets of this process, in whatever state of TCP, whose other end is one of these ports, as Linux counts them in /proc; null elsewhere.
 * Each call reads everything anew: nothing is remembered that could grow.
 */
export function socketsInKernel(ports: ReadonlySet<number>): number | null {
  if (!existsSync('/proc/self/net/tcp')) return null
  const own = new Set(readdirSync('/proc/self/fd').map(socketOf))
  const [, ...rows] = readFileSync('/proc/self/net/tcp', 'utf8').trim().split('\n')
  return rows.filter((row) => {
    const [, , remote = '', , , , , , , inode = ''] = row.trim().split(/\s+/)
    return own.has(inode) && ports.has(Number.parseInt(remote.slice(remote.lastIndexOf(':') + 1), 16))
  }).length
}

/** The inode of the socket that a file descriptor is, if it is one. */
function socketOf(fd: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]
  } catch {
    // Closed since the folder was read, as the one that read it was.
    return undefined
  }
}
