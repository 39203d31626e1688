import { text } from 'node:stream/consumers'
import type { Io, Screen } from './io.ts'

const defaultColumns = 100

/** The process's own streams, and the end of the process when all is written. */
export function processIo(): { io: Io; exit: (code: number) => void } {
  const streams = [process.stdout, process.stderr]
  // A reader that leaves early (`| head`) is no error: what is left to write is dropped, files and exit code still count.
  for (const stream of streams) stream.on('error', () => {})
  const write = (stream: NodeJS.WriteStream) => (chunk: string) => {
    if (!stream.destroyed) stream.write(chunk)
  }
  const io: Io = {
    stdout: write(process.stdout),
    stderr: write(process.stderr),
    stdin: () => text(process.stdin),
    isTTY: process.stdout.isTTY === true,
    isErrTTY: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? defaultColumns,
    screen: process.stdout.isTTY && process.stdin.isTTY ? screen : undefined,
    env: process.env,
    cwd: process.cwd(),
  }
  const exit = (code: number) => {
    process.exitCode = code
    // A user's config or client may have left a timer or socket open, so the process is ended, but not before pipes are empty.
    let left = streams.length
    const written = () => {
      left--
      if (left === 0) process.exit()
    }
    for (const stream of streams) {
      if (stream.destroyed) written()
      else stream.write('', written)
    }
  }
  return { io, exit }
}

const screen: Screen = {
  size: () => ({ columns: process.stdout.columns, rows: process.stdout.rows }),
  watch(onKey, onChange) {
    const { stdin, stdout } = process
    const onData = (keys: Buffer) => {
      for (const key of keys.toString()) onKey(key === interrupt ? 'q' : key)
    }
    const onTerm = () => onKey('q')
    stdin.setRawMode(true).on('data', onData).resume()
    stdout.on('resize', onChange)
    process.on('SIGTERM', onTerm)
    return () => {
      stdin.setRawMode(false).off('data', onData).pause()
      stdout.off('resize', onChange)
      process.off('SIGTERM', onTerm)
    }
  },
}

/** Ctrl-C, where a terminal tells keys as they are pressed. */
const interrupt = '\u0003'
