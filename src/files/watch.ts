import type { FSWatcher } from 'node:fs'
import path from 'node:path'
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers'

const { lstatSync, readlinkSync, statSync, watch } = process.getBuiltinModule('node:fs')

// Held from when this module loads, as the timers are: what a test fakes does not reach the watch.
const { now } = Date

/** Editors and copies write in several steps: this long without another event, and the file is taken as written. */
const quiet = 100

/** For what the events miss: network file systems, a directory that was itself replaced, a system out of watches. */
const between = 5000

/**
 * Tells when one of some files may have changed. It watches directories, not the file: an editor that saves by rename, and Kubernetes, which
 * swaps a symbolic link above the file, leave a watch on the file behind on the old one.
 */
export class FileWatcher {
  readonly #files: () => readonly string[]
  readonly #changed: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  /** The names that matter in each directory. */
  #names: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  readonly #poll: NodeJS.Timeout
  #settling: NodeJS.Timeout | undefined
  #seen: string

  /**
   * @param files those to watch, asked again at each look; they need not be there
   * @param seen the stamp of the files that were read
   * @param changed is called once things are quiet again; none of this keeps the process alive
   */
  constructor(files: () => readonly string[], seen: string, changed: () => void, pollEvery: number = between) {
    this.#files = files
    this.#seen = seen
    this.#changed = changed
    this.#follow()
    this.#poll = setInterval(() => this.#look(), pollEvery)
    this.#poll.unref()
    // What happened between reading and now has no event.
    this.#settle()
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#settling)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #onEvent(directory: string, name: string | null): void {
    // A directory that is itself moved or deleted reports its own name.
    if (name !== null && !this.#names.get(directory)?.has(name) && name !== path.basename(directory)) return
    this.#settle()
  }

  #settle(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#look(), quiet)
    this.#settling.unref()
  }

  #look(): void {
    const files = this.#files()
    const stamp = stampOf(files)
    this.#follow()
    if (stamp === this.#seen) return
    // The event of the latest write may still be on its way.
    if (files.some(isFresh)) return this.#settle()
    this.#seen = stamp
    this.#changed()
  }

  /** Watches the directories on the way to the files as it leads now. */
  #follow(): void {
    this.#names = waypoints(this.#files())
    for (const [directory, watcher] of this.#watchers) {
      if (this.#names.has(directory)) continue
      watcher.close()
      this.#watchers.delete(directory)
    }
    for (const directory of this.#names.keys()) {
      if (!this.#watchers.has(directory)) this.#watch(directory)
    }
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (event, name) => {
        // The watch is on the directory that had this name: if another has it now, it has to be watched instead.
        if (event === 'rename' && name === path.basename(directory)) this.#forget(directory)
        this.#onEvent(directory, name)
      })
      watcher.on('error', () => this.#forget(directory))
      this.#watchers.set(directory, watcher)
    } catch {
      // Polling goes on.
    }
  }

  #forget(directory: string): void {
    this.#watchers.get(directory)?.close()
    this.#watchers.delete(directory)
  }
}

/** Changes whenever another file, or other content, is under one of these names, or reading it fails in another way. */
export function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
        return stats === undefined ? '' : [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ')
      } catch (error) {
        return String((error as { code?: unknown }).code)
      }
    })
    .join()
}

/** Called by timers, where an exception would end the process: whatever fails is told by whoever reads the file. */
function isFresh(file: string): boolean {
  try {
    const age = now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    return age >= 0 && age < quiet
  } catch {
    return false
  }
}

// The system's own limit is about the same.
const mostLinks = 40

/**
 * Every directory whose entries decide which files these paths lead to, with the names of these entries: those of links on the way,
 * and of directories that are not there yet, too.
 */
function waypoints(files: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const add = (entry: string) => {
    const directory = path.dirname(entry)
    found.set(directory, (found.get(directory) ?? new Set()).add(path.basename(entry)))
  }
  // Many of the paths have most of their way in common.
  const targets = new Map<string, string | null>()
  const targetOf = (entry: string) => {
    const known = targets.get(entry)
    if (known !== undefined) return known
    const target = linkTarget(entry, () => add(entry))
    targets.set(entry, target)
    return target
  }
  for (const file of files) walk(file, targetOf, add)
  return found
}

function walk(file: string, targetOf: (entry: string) => string | null, add: (entry: string) => void): void {
  const root = path.parse(file).root
  let todo = file.slice(root.length).split(path.sep)
  let at = root
  for (let links = 0; todo.length > 0; ) {
    const [name = '', ...rest] = todo
    const next = path.join(at, name)
    const target = links < mostLinks ? targetOf(next) : null
    if (target === null) {
      at = next
      todo = rest
      if (rest.length === 0) add(next)
      continue
    }
    add(next)
    links++
    const resolved = path.resolve(at, target)
    at = path.parse(resolved).root
    todo = [...resolved.slice(at.length).split(path.sep), ...rest]
  }
}

/** Where a link leads; null for what is no link. */
function linkTarget(entry: string, missing: () => void): string | null {
  try {
    const stats = lstatSync(entry, { throwIfNoEntry: false })
    if (stats === undefined) missing()
    return stats?.isSymbolicLink() ? readlinkSync(entry) : null
  } catch {
    return null
  }
}
