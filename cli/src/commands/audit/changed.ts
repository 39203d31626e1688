import { spawn } from 'node:child_process'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { Misuse } from '../../io.ts'

/**
 * The files that differ from where the branch left a commit: changed, added or not yet known to git. Absolute paths.
 * Throws Misuse without git, without a repository, and for a name that means no commit.
 */
export async function changedSince(ref: string, cwd: string): Promise<ReadonlySet<string>> {
  const git = (...args: readonly string[]) => runGit(args, cwd)
  const top = await git('rev-parse', '--show-toplevel').catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(
      error.code === 'ENOENT' ? '--changed needs git, which is not installed' : '--changed: this is no git repository',
    )
  })
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(() => {
    throw new Misuse(`--changed ${ref}: git knows no such commit: name a branch, a tag or a commit that was fetched`, { ref })
  })
  const base = await git('merge-base', commit.trim(), 'HEAD').catch(() => {
    throw new Misuse(`--changed ${ref}: it has no commit in common with this branch (a shallow clone? fetch more of it)`, { ref })
  })
  const names = await Promise.all([
    git('-c', 'core.quotepath=off', 'diff', '--name-only', '-z', '--no-renames', '--diff-filter=d', base.trim(), '--'),
    git('ls-files', '--others', '--exclude-standard', '--full-name', '-z', top.trim()),
  ])
  const files = names.flatMap((text) => text.split('\0').filter(Boolean))
  return new Set(files.map((name) => path.join(top.trim(), name)))
}

/** What git prints; rejects where it ends with anything but 0, or is not there. */
async function runGit(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn('git', [...args], { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`git ended with ${code}`))))
  })
  const [printed] = await Promise.all([text(child.stdout), ended])
  return printed
}
