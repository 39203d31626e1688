import type { FileHandle } from 'node:fs/promises'
import { PoolConfigError } from '../errors.ts'
import { commandLine } from '../text/command-line.ts'
import { refuseFile, type Trouble } from './problems.ts'

/** A thousand pools take less; a hostile file of this size still parses in two seconds. */
const largestFile = 256 * 1024

const directory: Trouble = { problem: 'it is a directory', fix: 'name a file' }

const unreadable: { readonly [code: string]: Trouble } = {
  ENOENT: { problem: 'the file does not exist', fix: `check the path, or write one with ${commandLine} init` },
  ENOTDIR: { problem: 'the file does not exist', fix: 'check the path: a part of it is not a directory' },
  EACCES: { problem: 'the file may not be read', fix: 'give this user permission to read it' },
  EPERM: { problem: 'the file may not be read', fix: 'give this user permission to read it' },
  EISDIR: directory,
  ELOOP: { problem: 'its symbolic links lead round in a circle', fix: 'mend the links' },
}

/** The text of a config file, without its byte order mark. Refuses whatever is no text of a sane size, before reading it. */
export async function readText(file: string, base: string): Promise<string> {
  const bytes = await readBytes(file, base)
  if (bytes.length > largestFile) {
    return refuseFile(file, base, {
      problem: `the file is larger than ${largestFile / 1024} KiB`,
      fix: 'is it the right file? A pool config has a few lines',
    })
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refuseFile(file, base, { problem: 'the file is in UTF-16', fix: 'save it as UTF-8' })
  }
  const text = decode(bytes)
  if (text === undefined || text.includes('\0')) {
    return refuseFile(file, base, { problem: 'the file is not text', fix: 'is it the right file? A pool config is UTF-8 text' })
  }
  if (text.trim() === '')
    return refuseFile(file, base, { problem: 'the file is empty', fix: 'write pools into it, or delete it' })
  return text
}

async function readBytes(file: string, base: string): Promise<Uint8Array> {
  const fs = process.getBuiltinModule('node:fs/promises')
  try {
    // A pipe or a device would block or never end, so it is asked before it is opened.
    const stats = await fs.stat(file)
    if (stats.isDirectory()) return refuseFile(file, base, directory)
    if (!stats.isFile()) return refuseFile(file, base, { problem: 'it is not a regular file', fix: 'name a file' })
    const handle = await fs.open(file)
    try {
      return await readStart(handle)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof PoolConfigError) throw error
    return refuseFile(file, base, troubleOf(error))
  }
}

/** One byte more than allowed is enough to know that it is too much, also if the file grows meanwhile. */
async function readStart(handle: FileHandle): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(largestFile + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
    length += bytesRead
    if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length)
  }
}

/** What a failed system call means for the user. */
function troubleOf(error: unknown): Trouble {
  const code = String((error as { code?: unknown } | null)?.code)
  return unreadable[code] ?? { problem: `the file can't be read (${code})`, fix: 'check the file and its directory' }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
