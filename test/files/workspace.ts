import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { FileConfigIssue } from '../../src/files/problems.ts'

/** Files in a directory of their own, gone when the test is over. */
export class Workspace {
  readonly root: string

  constructor(files: { readonly [name: string]: string | Uint8Array } = {}) {
    this.root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'polypool-')))
    for (const [name, content] of Object.entries(files)) this.write(name, content)
    onTestFinished(() => fs.rmSync(this.root, { recursive: true, force: true }))
  }

  path(name: string): string {
    return path.join(this.root, name)
  }

  write(name: string, content: string | Uint8Array): string {
    const file = this.path(name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, content)
    return file
  }
}

export interface Refusal {
  readonly message: string
  readonly issues: readonly FileConfigIssue[]
}

/** The config error that a promise is rejected with. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const error = await promise.then(
    () => new Error('expected a refusal'),
    (reason: unknown) => reason,
  )
  if ((error as { code?: unknown }).code !== 'ERR_POOL_CONFIG') throw error
  return error as Refusal
}
