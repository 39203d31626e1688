import { readFileSync, statSync } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { escapePath, glob, isDynamicPattern } from 'tinyglobby'
import { type Io, Misuse } from '../../io.ts'
import type { Problem } from './problems.ts'

/** Hand-written sources are far smaller; a bundle of this size takes the parser seconds. */
const largestSource = 2 * 1024 * 1024

/** What counts as a source where a directory is named. */
export interface SourceKind {
  readonly languages: string
  readonly extensions: string
  /** Not the user's own code: packages. */
  readonly foreign: readonly string[]
  /** What builds leave. */
  readonly generated: readonly string[]
}

export const javascriptSources: SourceKind = {
  languages: 'JavaScript or TypeScript',
  extensions: '{js,mjs,cjs,jsx,ts,mts,cts,tsx}',
  foreign: ['**/node_modules/**', '**/.git/**'],
  generated: ['**/{dist,build,coverage,out}/**', '**/*.min.js', '**/*.d.{ts,mts,cts}'],
}

export const pythonSources: SourceKind = {
  // A document is read where it is named: most of those in a repository are about something else.
  languages: 'Python',
  extensions: '{py,pyw}',
  foreign: ['**/{node_modules,site-packages,.venv,venv,.tox,.nox}/**', '**/.git/**'],
  generated: ['**/{dist,build,__pycache__}/**'],
}

/** A file that was named, or found. */
export interface SourceFile {
  /** As it was named, or relative to the working directory. */
  readonly name: string
  readonly path: string
  /** Named itself, and not found by a glob or in a directory: then it must be readable. */
  readonly named: boolean
  /** The directory that was named, or the part of a glob before its first wildcard. */
  readonly base: string
}

/**
 * The files that arguments mean: a file itself, a directory's sources, and what a glob matches.
 * Throws Misuse, with all that is wrong, for arguments that mean none.
 */
export async function collectSources(
  args: readonly string[],
  { cwd }: Pick<Io, 'cwd'>,
  kind: SourceKind = javascriptSources,
): Promise<SourceFile[]> {
  const found = new Map<string, SourceFile>()
  const wrong: string[] = []
  for (const argument of args) {
    const files = await filesOf(argument, cwd, kind)
    if (typeof files === 'string') wrong.push(files)
    else for (const file of files) if (!found.get(file.path)?.named) found.set(file.path, file)
  }
  if (wrong.length > 0) throw new Misuse(wrong.join('\n'), { arguments: args })
  return [...found.values()]
}

async function filesOf(argument: string, cwd: string, kind: SourceKind): Promise<SourceFile[] | string> {
  if (argument === '' || argument.includes('\0')) return `${JSON.stringify(argument)} is no file name`
  const full = path.resolve(cwd, argument)
  const stats = await fs.stat(full).catch(() => undefined)
  if (stats?.isDirectory()) {
    const files = await search(
      `${escapePath(path.relative(cwd, full).split(path.sep).join('/') || '.')}/**/*.${kind.extensions}`,
      cwd,
      full,
      [...kind.foreign, ...kind.generated],
    )
    return files.length > 0 ? files : `${argument}: no ${kind.languages} in this directory`
  }
  if (stats) return [{ name: argument, path: full, named: true, base: path.dirname(full) }]
  if (!isDynamicPattern(argument)) return `${argument}: no such file`
  // Who writes node_modules, say, into a glob means it.
  const base = path.resolve(cwd, staticPart(argument))
  const files = await search(
    argument,
    cwd,
    base,
    kind.foreign.some((pattern) => packagesIn(pattern, argument)) ? [] : kind.foreign,
  )
  return files.length > 0 ? files : `${argument}: nothing matches`
}

/** The glob names one of the directories that a pattern is about. */
function packagesIn(pattern: string, argument: string): boolean {
  return (pattern.match(/[\w.-]+/g) ?? []).some((name) => name !== '.git' && argument.split(/[\\/]/).includes(name))
}

/** The directories of a glob before its first wildcard. */
function staticPart(pattern: string): string {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => isDynamicPattern(part))
  return parts.slice(0, first < 0 ? -1 : first).join('/')
}

async function search(pattern: string, cwd: string, base: string, ignore: readonly string[]): Promise<SourceFile[]> {
  const names = await glob(pattern, { cwd, ignore: [...ignore], followSymbolicLinks: false, expandDirectories: false })
  return names.sort().map((name) => ({ name, path: path.resolve(cwd, name), named: false, base }))
}

/** The text of a source; undefined for a found file that is none, such as a video in MPEG-TS. */
export function readSourceText({ name, path: file, named }: SourceFile): string | Problem | undefined {
  const wrong = (message: string): Problem => ({ file: name, message })
  try {
    // A pipe or a device would block or never end.
    const stats = statSync(file)
    if (!stats.isFile()) return wrong('not a regular file')
    if (stats.size > largestSource)
      return wrong(`larger than ${largestSource / 1024 / 1024} MB: not a source that a person wrote`)
    const text = decode(readFileSync(file))
    if (text === undefined) return named ? wrong('not text in UTF-8') : undefined
    return text.trim() === '' && named ? wrong('empty') : text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return wrong(code === 'EACCES' || code === 'EPERM' ? 'may not be read: permission denied' : `can't be read (${code})`)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
