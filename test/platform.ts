// What tests need and not every platform has. Linux, where polypool is developed, has all of it: nothing is skipped there.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const { platform } = process

/** False on Windows: links to files take a privilege there, and no rename replaces a link to a directory. */
export const hasLinks = platform !== 'win32'

/** False on Windows, where a mode says nothing about who may read a file. */
export const hasModes = platform !== 'win32'

/** False on Windows, whose shells limit no descriptors, and whose file names hold no control characters. */
export const hasUnixShell = platform !== 'win32'

/** False on Windows, which has no /dev. */
export const hasDevices = platform !== 'win32'

/** Only Linux lists the sockets of a process as text. */
export const hasProc = existsSync('/proc/self/net/tcp')

/** An address for a socket within this machine that no other test has: on Linux one that leaves no file behind. */
export function localSocketPath(): string {
  const name = `polypool-${process.pid}-${Math.random().toString(36).slice(2)}`
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`
  return platform === 'linux' ? `\0${name}` : path.join(tmpdir(), `${name}.sock`)
}

/** The least of the environment that a process needs. Without SystemRoot none has sockets on Windows. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, USERPROFILE, SystemRoot, TEMP } = process.env
  const given = { PATH, HOME, USERPROFILE, SystemRoot, TEMP }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
