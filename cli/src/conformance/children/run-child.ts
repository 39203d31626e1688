import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { moduleUrl } from '../../module-url.ts'
import type { ChildReport, ChildTask } from './messages.ts'

export interface ChildRun {
  readonly reports: readonly ChildReport[]
  /** Null if it had to be killed. */
  readonly code: number | null
  readonly stderr: string
}

/** Runs one task in a process of its own, until it ends by itself or the time is up. */
export function runChild(task: ChildTask, limitMs: number): Promise<ChildRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(moduleUrl('./child', import.meta.url)), JSON.stringify(task)])
    const reports: ChildReport[] = []
    let stderr = ''
    let rest = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.stdout.on('data', (data) => {
      const lines = `${rest}${data}`.split('\n')
      rest = lines.pop() ?? ''
      reports.push(...lines.map((line) => JSON.parse(line) as ChildReport))
    })
    child.stderr.on('data', (data) => {
      stderr += data
    })
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ reports, code, stderr })
    })
  })
}
