import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { npmCommand } from '../npm-command.ts'

/** Runs npm and gives what it printed. Rejects with its own words if it fails. */
export async function npm(args: readonly string[], cwd?: URL): Promise<string> {
  try {
    const { command, args: all, shell } = npmCommand(args)
    const { stdout } = await promisify(execFile)(command, all, { cwd, shell, maxBuffer: 16 * 1024 * 1024 })
    return stdout
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string }
    throw new Error(`npm ${args.join(' ')} failed:\n${stderr.trim() || stdout.trim()}`, { cause: error })
  }
}
