import { existsSync } from 'node:fs'
import path from 'node:path'

/** The directory that paths are seen from by what reads reports of a whole repository: the nearest one with .git, or else the working directory. */
export function repositoryOf(cwd: string): string {
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    if (existsSync(path.join(directory, '.git'))) return directory
    if (directory === path.dirname(directory)) return path.resolve(cwd)
  }
}

/** With slashes, from the repository's root. */
export function pathIn(repository: string, file: string): string {
  return path.relative(repository, file).split(path.sep).join('/')
}
