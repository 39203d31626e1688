import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { bareEnvironment } from '../../test/platform.ts'
import type { Io } from '../src/io.ts'
import { run } from '../src/main.ts'

export const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** The repository's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: { readonly [name: string]: string }
  readonly stdin?: string
}

/** Runs polypool within this process, as a program in a pipe would. Whatever happens, it must not show a stack. */
export async function polypool(args: readonly string[], { cwd = root, env = {}, stdin = '' }: RunOptions = {}): Promise<Ended> {
  const { io, written } = terminal({ isTTY: false, isErrTTY: false, env, cwd, stdin: async () => stdin })
  const code = await run(args, io)
  return withoutStack({ code, stdout: written.out, stderr: written.err })
}

/** The same as a process of its own, without anything of the test runner's environment: for what only a process shows. */
export async function polypoolProcess(
  args: readonly string[],
  {
    cwd = root,
    env = {},
    stdin,
    hangUp = false,
  }: RunOptions & { /** Closes the reading end of stdout before anything is written. */ readonly hangUp?: boolean } = {},
): Promise<Ended> {
  const { NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...bareEnvironment(), NODE_COMPILE_CACHE, ...env },
    stdio: 'pipe',
  })
  child.stdin.end(stdin)
  if (hangUp) child.stdout.destroy()
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [stdout, stderr] = await Promise.all([hangUp ? '' : text(child.stdout), text(child.stderr)])
  return withoutStack({ code: await code, stdout, stderr })
}

function withoutStack(ended: Ended): Ended {
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/^\s+at .*:\d+:\d+/m)
  return ended
}

/** A directory with these files, gone after the test. */
export function project(files: { readonly [name: string]: string | Uint8Array } = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'polypool-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return folder
}

/** An Io within this process, for what only a terminal shows. */
export function terminal(changes: Partial<Io> = {}): { io: Io; written: { out: string; err: string } } {
  const written = { out: '', err: '' }
  const io: Io = {
    stdout: (text) => {
      written.out += text
    },
    stderr: (text) => {
      written.err += text
    },
    stdin: async () => '',
    isTTY: true,
    isErrTTY: true,
    columns: 100,
    env: {},
    cwd: root,
    ...changes,
  }
  return { io, written }
}

export const csi = '\u001b['
