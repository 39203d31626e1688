import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hasProc } from '../platform.ts'
import type { Origin } from './fault-server.ts'

/**
 * How many sockets of this process are connected, connecting or half closed to these origins, as the operating system sees it.
 * Linux: file descriptors of this process, in whatever state of TCP, whose remote port in /proc is one of the origins'. Elsewhere:
 * connections that the server has accepted and that are not closed on both sides, which comes later and misses those never accepted.
 */
export async function openSockets(origins: readonly Origin[]): Promise<number> {
  if (hasProc) return socketsInProc(new Set(origins.map(({ port }) => port))).length
  const reports = await Promise.all(origins.map((origin) => origin.report()))
  return reports.reduce((sum, { open }) => sum + open, 0)
}

/**
 * By inode, the remote port of a socket of this process; null if it is not TCP. Neither ever changes, and reading the tables is slow
 * on a machine with many connections.
 */
const remotePorts = new Map<string, number | null>()

/** Inodes of the TCP sockets of this process whose remote port is one of these. Only where there is /proc. */
export function socketsInProc(ports: ReadonlySet<number>): string[] {
  const inodes = ownSockets()
  for (const learn of [fromTcp('tcp'), fromTcp('tcp6'), fromUnix]) {
    const unknown = inodes.filter((inode) => !remotePorts.has(inode))
    if (unknown.length > 0) learn(unknown)
  }
  return inodes.filter((inode) => ports.has(remotePorts.get(inode) ?? 0))
}

/** Inodes of the sockets that this process holds a file descriptor of. */
function ownSockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => /^socket:\[(\d+)\]$/.exec(target(fd))?.[1] ?? [])
}

function target(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    // Closed since the folder was read, as the one that read it was.
    return ''
  }
}

function fromTcp(name: 'tcp' | 'tcp6'): (inodes: readonly string[]) => void {
  return (inodes) => {
    for (const [inode, columns] of rowsOf(name, inodes)) {
      const [, , remote = ''] = columns
      if (columns[9] === inode) remotePorts.set(inode, Number.parseInt(remote.slice(remote.lastIndexOf(':') + 1), 16))
    }
  }
}

function fromUnix(inodes: readonly string[]): void {
  for (const [inode] of rowsOf('unix', inodes)) remotePorts.set(inode, null)
}

/** The columns of the rows in which these inodes stand. */
function rowsOf(name: string, inodes: readonly string[]): [inode: string, columns: string[]][] {
  const path = `/proc/self/net/${name}`
  if (!existsSync(path)) return []
  const table = readFileSync(path, 'latin1').replaceAll('\n', ' \n')
  return inodes.flatMap((inode) => {
    const rows: [string, string[]][] = []
    // Looked up instead of read row by row: there may be tens of thousands.
    for (let at = table.indexOf(` ${inode} `); at !== -1; at = table.indexOf(` ${inode} `, at + 1)) {
      const row = table.slice(table.lastIndexOf('\n', at) + 1, table.indexOf('\n', at))
      rows.push([inode, row.trim().split(/ +/)])
    }
    return rows
  })
}
