import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { Io } from '../../src/cli/io.ts'

export const bin = fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url))

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
  /** Closes the reading end of stdout before anything is written. */
  readonly hangUp?: boolean
}

/** Runs polypool as a process, without anything of the test runner's environment. Whatever happens, it must not show a stack. */
export async function polypool(
  args: readonly string[],
  { cwd = root, env = {}, hangUp = false }: RunOptions = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  if (hangUp) child.stdout.destroy()
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .*:\d+:\d+/m)
  return { code, stdout, stderr }
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
